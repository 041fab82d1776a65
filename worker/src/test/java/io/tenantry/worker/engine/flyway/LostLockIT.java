package io.tenantry.worker.engine.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.BusyException;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A script gives back the lock of its home, and keeps it until its transaction ends. */
class LostLockIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void theNextScriptWaitsForWhoeverHasTheHomeNow() throws Exception {
        try (EngineFixture engine = new EngineFixture()) {
            engine.onboard(engine.with("V1__a.sql", "CREATE TABLE a ();").catalog(), "acme");
            long key = engine.home("acme").lockKey();
            String ofHome = ofHome(key);
            MigrationCatalog catalog = engine.with(
                            "V2__unlock.sql",
                            "SELECT pg_advisory_unlock(" + key + "), pg_advisory_unlock(" + key + ");\n"
                                    + "DO $$ BEGIN ASSERT EXISTS (SELECT " + ofHome + " AND granted);"
                                    + " WHILE NOT EXISTS (SELECT " + ofHome + " AND NOT granted)"
                                    + " LOOP PERFORM pg_sleep(0.01); END LOOP; END $$;")
                    .with("V3__b.sql", "CREATE TABLE b ();")
                    .catalog();

            try (Connection other = engine.connect();
                    Statement statement = other.createStatement()) {
                CompletableFuture<Boolean> waiter = waiter(engine, statement, key);
                assertThatThrownBy(() -> engine.upgrade(catalog, "acme", "latest", "1"))
                        .isInstanceOfSatisfying(
                                BusyException.class,
                                busy -> assertThat(busy.kind()).isEqualTo(BusyException.Kind.HOME));
                assertThat(waiter.join()).isTrue();
            }
            Await.until(
                    PATIENCE,
                    "the other one's session has ended",
                    () -> engine.query("SELECT 1 " + ofHome).isEmpty());
            assertThat(engine.upgrade(catalog, "acme", "latest", "1"))
                    .isInstanceOfSatisfying(
                            MigrationResult.Migrated.class,
                            migrated -> assertThat(migrated.to()).isEqualTo("3"));
        }
    }

    private static String ofHome(long key) {
        return "FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32 | objid::bigint) = " + key
                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    }

    /** Takes the lock of the home as soon as the worker does not have it. */
    private static CompletableFuture<Boolean> waiter(EngineFixture engine, Statement statement, long key) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                Await.until(
                        PATIENCE,
                        "the home is locked",
                        () -> !engine.query("SELECT 1 " + ofHome(key)).isEmpty());
                return statement.execute("SELECT pg_advisory_lock(" + key + ")");
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        });
    }

    /** A DO block that ends when somebody waits for the lock of the home. */
    private static String untilSomebodyWaits(long key) {
        return "WHILE NOT EXISTS (SELECT " + ofHome(key) + " AND NOT granted) LOOP PERFORM pg_sleep(0.01); END LOOP;";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DISCARD ALL;",
                "/* all */ DISCARD /* */ ALL;",
                "SELECT pg_advisory_unlock_all();",
                "DO $$ BEGIN PERFORM pg_advisory_unlock_all(); END $$;",
                "SELECT gives_back();",
                "BEGIN; SELECT pg_advisory_unlock_all(); COMMIT;",
                "BEGIN; SAVEPOINT s; ROLLBACK TO SAVEPOINT s; SELECT pg_advisory_unlock_all(); ROLLBACK WORK TO s; COMMIT;"
            })
    void nobodyComesInWhileAScriptOutsideATransactionGivesBackTheLock(String unlock) throws Exception {
        try (EngineFixture engine = new EngineFixture()) {
            engine.with(
                    "V1__a.sql",
                    "CREATE FUNCTION gives_back() RETURNS void LANGUAGE sql AS 'SELECT pg_advisory_unlock_all()';");
            engine.onboard(engine.catalog(), "acme");
            long key = engine.home("acme").lockKey();
            engine.with(
                            "V2__unlock.sql",
                            "DO $$ BEGIN " + untilSomebodyWaits(key) + " END $$;\n" + unlock
                                    + "\nDO $$ BEGIN ASSERT EXISTS (SELECT " + ofHome(key)
                                    + " AND granted AND pid = pg_backend_pid()); END $$;")
                    .with("V2__unlock.sql.conf", "executeInTransaction=false")
                    .with("V3__b.sql", "CREATE TABLE b ();");

            assertThat(upgradeBesideAWaiter(engine, key))
                    .isInstanceOfSatisfying(
                            MigrationResult.Migrated.class,
                            migrated -> assertThat(migrated.to()).isEqualTo("3"));
        }
    }

    /** Nothing in the scripts says that it is done. */
    @Test
    void aScriptOutsideATransactionEndsWhereItsLockIsLostUnseen() throws Exception {
        try (EngineFixture engine = new EngineFixture()) {
            engine.onboard(engine.with("V1__a.sql", "CREATE TABLE a ();").catalog(), "acme");
            long key = engine.home("acme").lockKey();
            engine.execute("CREATE FUNCTION gives_back() RETURNS void LANGUAGE plpgsql AS $$ BEGIN "
                    + untilSomebodyWaits(key)
                    + " PERFORM pg_advisory_unlock_all(); WHILE NOT EXISTS (SELECT " + ofHome(key)
                    + " AND granted) LOOP PERFORM pg_sleep(0.01); END LOOP; END $$");
            engine.with("V2__unlock.sql", "SELECT gives_back();\nCREATE TABLE b ();")
                    .with("V2__unlock.sql.conf", "executeInTransaction=false");

            assertThatThrownBy(() -> upgradeBesideAWaiter(engine, key))
                    .isInstanceOfSatisfying(
                            BusyException.class, busy -> assertThat(busy.kind()).isEqualTo(BusyException.Kind.HOME));
            assertThat(engine.query("SELECT to_regclass('tenant_acme.b')")).containsExactly("null");
        }
    }

    /** PostgreSQL takes SET TRANSACTION before the first query alone, also one that is not the script's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
                "START TRANSACTION; SET TRANSACTION READ WRITE, DEFERRABLE; SET LOCAL lock_timeout = '1s'; SET TRANSACTION"
                        + " ISOLATION LEVEL REPEATABLE READ;",
                "BEGIN ISOLATION LEVEL SERIALIZABLE; SET CONSTRAINTS ALL DEFERRED;"
            })
    void aScriptOutsideATransactionSetsUpItsOwn(String begin) throws Exception {
        try (EngineFixture engine = new EngineFixture()) {
            engine.onboard(
                    engine.with("V1__a.sql", "CREATE TABLE a (level text);").catalog(), "acme");
            engine.with(
                            "V2__b.sql",
                            begin + "\nINSERT INTO a SELECT current_setting('transaction_isolation');\nCOMMIT;\n"
                                    + "SELECT pg_advisory_unlock_all();")
                    .with("V2__b.sql.conf", "executeInTransaction=false");

            assertThat(engine.upgrade(EngineFixture.read(engine.catalog(), engine.server()), "acme", "latest", "1"))
                    .isInstanceOf(MigrationResult.Migrated.class);
            assertThat(engine.query("SELECT level FROM tenant_acme.a"))
                    .hasSize(1)
                    .doesNotContain("read committed");
        }
    }

    /** The statement that unlocks must not end a transaction that the script has begun. */
    @ParameterizedTest
    @ValueSource(strings = {"ROLLBACK TO SAVEPOINT s;", "ROLLBACK TRANSACTION TO s;", "COMMIT AND CHAIN;"})
    void aTransactionOfAScriptOutsideOneEndsWhereTheScriptEndsIt(String goesOn) throws Exception {
        try (EngineFixture engine = new EngineFixture()) {
            engine.onboard(engine.with("V1__a.sql", "CREATE TABLE a (id int);").catalog(), "acme");
            engine.with(
                            "V2__b.sql",
                            "BEGIN; SAVEPOINT s;\n" + goesOn
                                    + "\nSELECT pg_advisory_unlock_all();\nINSERT INTO a VALUES (1);\nROLLBACK;")
                    .with("V2__b.sql.conf", "executeInTransaction=false");

            assertThat(engine.upgrade(EngineFixture.read(engine.catalog(), engine.server()), "acme", "latest", "1"))
                    .isInstanceOf(MigrationResult.Migrated.class);
            assertThat(engine.query("SELECT id FROM tenant_acme.a")).isEmpty();
        }
    }

    private static MigrationResult upgradeBesideAWaiter(EngineFixture engine, long key) throws Exception {
        MigrationCatalog catalog = EngineFixture.read(engine.catalog(), engine.server());
        assertThat(catalog.plans().outside()).containsKey("V2__unlock.sql");
        try (Connection other = engine.connect();
                Statement statement = other.createStatement()) {
            CompletableFuture<Boolean> waiter = waiter(engine, statement, key);
            try {
                return engine.upgrade(catalog, "acme", "latest", "1");
            } finally {
                assertThat(waiter.join()).isTrue();
            }
        }
    }

    /** The script is applied, and its result says so. */
    @ParameterizedTest
    @ValueSource(
            strings = {"SELECT pg_advisory_unlock_all();", "DO $$ BEGIN PERFORM pg_advisory_unlock_all(); END $$;"})
    void aScriptInATransactionThatGivesBackAllLocksIsApplied(String unlock) throws Exception {
        try (EngineFixture engine = new EngineFixture()) {
            engine.with("V1__a.sql", "CREATE TABLE a (id int);");
            engine.onboard(engine.catalog(), "acme");
            engine.with("V2__unlock.sql", unlock + "\nCREATE TABLE b ();").with("V3__c.sql", "CREATE TABLE c ();");

            MigrationResult result = engine.upgrade(engine.catalog(), "acme", "latest", "1");
            assertThat(result).isInstanceOfSatisfying(MigrationResult.Migrated.class, migrated -> {
                assertThat(migrated.to()).isEqualTo("3");
                assertThat(migrated.applied()).containsExactly("2", "3");
            });
            assertThat(engine.upgrade(engine.with("V4__unlock.sql", unlock).catalog(), "acme", "latest", "3"))
                    .isInstanceOf(MigrationResult.Migrated.class);
        }
    }
}
