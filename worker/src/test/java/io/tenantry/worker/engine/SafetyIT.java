package io.tenantry.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.history.AppliedBy;
import io.tenantry.worker.engine.history.BusyException;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Migrations beside traffic, and after accidents. */
class SafetyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture(Duration.ofMillis(500));
        engine.with(
                "V1__account.sql", "CREATE TABLE account (id int, name text); INSERT INTO account VALUES (1, 'a');");
        engine.onboard(engine.proven(), "acme");
        engine.onboard(engine.proven(), "other");
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    /** Somebody who looks after a home by hand, say. */
    @Test
    void aHistoryThatIsLockedIsNotWaitedForLongerThanTheLockTimeout() throws Exception {
        MigrationCatalog catalog = engine.proven();
        try (Connection other = engine.connect();
                Statement lock = other.createStatement()) {
            endsAfterFiveSeconds(other, lock);
            lock.execute("LOCK TABLE tenant_acme.flyway_schema_history");

            assertThatThrownBy(() -> engine.upgrade(catalog, "acme", "latest", null))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            failure -> assertThat(failure.getSQLState()).isEqualTo("55P03"));
        }
    }

    /** Only what says CONCURRENTLY waits without an end: nobody waits behind that. */
    @Test
    void aScriptOutsideATransactionBlocksOthersNoLongerThanTheLockTimeoutEither() throws Exception {
        MigrationCatalog catalog = engine.with(
                        "V2__more.sql",
                        "CREATE INDEX CONCURRENTLY IF NOT EXISTS account_id ON account (id);\n"
                                + "ALTER TABLE account ADD COLUMN IF NOT EXISTS more int;")
                .with("V2__more.sql.conf", "executeInTransaction=false")
                .proven();
        try (Connection reader = engine.connect();
                Statement read = reader.createStatement()) {
            CompletableFuture<MigrationResult> upgrade;
            try (Connection writer = engine.connect();
                    Statement write = writer.createStatement()) {
                writer.setAutoCommit(false);
                write.execute("UPDATE tenant_acme.account SET name = 'b'");
                upgrade = async(() -> engine.upgrade(catalog, "acme", "latest", "1"));
                // Longer than the lock timeout.
                Await.until(
                        PATIENCE,
                        "the index waits",
                        () -> !engine.query("SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%' AND"
                                        + " wait_event_type = 'Lock' AND clock_timestamp() - query_start > '1s'")
                                .isEmpty());
                endsAfterFiveSeconds(reader, read);
                read.execute("SELECT FROM pg_class; LOCK TABLE tenant_acme.account IN ACCESS SHARE MODE");
                writer.commit();
            }

            assertThatThrownBy(upgrade::join)
                    .rootCause()
                    .satisfies(failure ->
                            assertThat(((SQLException) failure).getSQLState()).isEqualTo("55P03"));
        }
        assertThat(engine.query("SELECT indexrelid::regclass::text FROM pg_index WHERE indisvalid AND indexrelid ="
                        + " 'tenant_acme.account_id'::regclass"))
                .hasSize(1);
    }

    /** So that the test ends where nothing else ends the wait. */
    private static void endsAfterFiveSeconds(Connection connection, Statement statement) throws SQLException {
        statement.execute("SET idle_in_transaction_session_timeout = '5s'");
        connection.setAutoCommit(false);
    }

    @Test
    void aLockThatIsHeldLongBlocksTheTenantNoLongerThanTheTimeoutAndOthersNotAtAll() throws Exception {
        MigrationCatalog catalog = engine.with("V2__more.sql", "ALTER TABLE account ADD COLUMN more int;")
                .proven();
        try (Connection reader = engine.connect();
                Connection traffic = engine.connect();
                Statement read = reader.createStatement();
                Statement query = traffic.createStatement()) {
            reader.setAutoCommit(false);
            read.execute("SELECT * FROM tenant_acme.account");
            CompletableFuture<MigrationResult> upgrade = async(() -> engine.upgrade(catalog, "acme", "latest", "1"));
            awaitWaiting("ALTER TABLE");

            query.execute("SET statement_timeout = '20s'; SELECT * FROM tenant_acme.account");
            assertThat(engine.upgrade(catalog, "other", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);

            assertThatThrownBy(upgrade::join)
                    .rootCause()
                    .satisfies(failure ->
                            assertThat(((SQLException) failure).getSQLState()).isEqualTo("55P03"));
            assertThat(engine.query("SELECT version FROM tenant_acme.flyway_schema_history"))
                    .containsExactly("1");
            reader.commit();
        }
        assertThat(engine.upgrade(catalog, "acme", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);
    }

    @Test
    void anIndexBuildThatWasKilledIsDroppedAndMadeAnew() throws Exception {
        MigrationCatalog catalog = engine.with(
                        "V2__index.sql",
                        "-- a comment\nCREATE INDEX CONCURRENTLY IF NOT EXISTS Account_Name ON account (name);")
                .proven();
        breakOff(catalog, "pg_terminate_backend");
        assertThat(engine.query(
                        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'tenant_acme.account_name'::regclass"))
                .containsExactly("f");

        MigrationResult again = engine.upgrade(catalog, "acme", "latest", "1");

        assertThat(again).isInstanceOf(MigrationResult.Migrated.class);
        assertIndexIsThere();
    }

    @Test
    void anIndexBuildThatFailedIsRepairedByTheNextRequest() throws Exception {
        MigrationCatalog catalog = engine.with(
                        "V2__index.sql", "CREATE INDEX CONCURRENTLY account_name ON account (name);")
                .proven();
        breakOff(catalog, "pg_cancel_backend");
        assertThat(engine.query("SELECT success FROM tenant_acme.flyway_schema_history WHERE version = '2'"))
                .containsExactly("f");

        MigrationResult again = engine.upgrade(catalog, "acme", "latest", "1");

        assertThat(again)
                .isInstanceOfSatisfying(
                        MigrationResult.Migrated.class,
                        migrated -> assertThat(migrated.applied()).containsExactly("2"));
        assertIndexIsThere();
    }

    @Test
    void ofSeveralStatementsThatCannotBeRunAgainItSaysWhatToDo() throws Exception {
        MigrationCatalog catalog = engine.with(
                        "V2__indexes.sql",
                        "CREATE INDEX CONCURRENTLY one ON account (id);\nCREATE INDEX CONCURRENTLY account_name ON account (name);")
                .proven();
        assertThat(catalog.plans().outside().get("V2__indexes.sql"))
                .satisfies(script -> assertThat(script.canRunAgain()).isFalse());
        engine.execute("CREATE TABLE tenant_acme.account_name ()");

        for (int i = 0; i < 2; i++) {
            assertThat(engine.upgrade(catalog, "acme", "latest", "1"))
                    .isInstanceOfSatisfying(MigrationResult.Failed.class, failed -> {
                        assertThat(failed.error().code()).isEqualTo(ErrorCode.MIGRATION_FAILED);
                        assertThat(failed.error().migration()).isEqualTo("V2__indexes.sql");
                        assertThat(failed.error().message())
                                .contains("finish or undo it by hand", "delete its failed row", "single statement");
                    });
        }
    }

    @Test
    void onlyOneScriptOutsideATransactionRunsInADatabaseAtATime() throws Exception {
        MigrationCatalog catalog = engine.with(
                        "V2__index.sql", "CREATE INDEX CONCURRENTLY account_name ON account (name);")
                .proven();
        try (Connection reader = engine.connect();
                Statement read = reader.createStatement()) {
            reader.setAutoCommit(false);
            read.execute("INSERT INTO tenant_acme.account VALUES (2, 'b')");
            CompletableFuture<MigrationResult> first = async(() -> engine.upgrade(catalog, "acme", "latest", "1"));
            awaitWaiting("CREATE INDEX");

            assertThatThrownBy(() -> engine.upgrade(catalog, "other", "latest", "1"))
                    .isInstanceOf(BusyException.class);

            // Longer than lock_timeout, which is not for it.
            assertThat(engine.query("SELECT pg_sleep(1)")).hasSize(1);
            reader.commit();
            assertThat(first.join()).isInstanceOf(MigrationResult.Migrated.class);
        }
        assertThat(engine.upgrade(catalog, "other", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);
    }

    @Test
    void theNewestOfAnOlderReleaseLeavesATenantOfANewerOneAlone() throws Exception {
        MigrationCatalog older = engine.with("R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT id FROM account;")
                .proven();
        MigrationCatalog newer = engine.with(
                        "V2__index.sql", "CREATE INDEX CONCURRENTLY account_name ON account (name);")
                .with("V3__more.sql", "ALTER TABLE account ADD COLUMN more int;")
                .with("R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT id, more FROM account;")
                .with("R__view_2.sql", "CREATE OR REPLACE VIEW v2 AS SELECT id FROM account;")
                .proven();
        engine.upgrade(older, "acme", "latest", "1");
        engine.upgrade(newer, "acme", "latest", "1");

        PlanOutcome ofOlder = engine.upgradeByPlan(older, "acme", "latest", "1");

        assertThat(ofOlder)
                .isInstanceOfSatisfying(
                        PlanOutcome.Done.class,
                        done -> assertThat(done.result())
                                .isInstanceOfSatisfying(MigrationResult.Migrated.class, migrated -> {
                                    assertThat(migrated.applied()).isEmpty();
                                    assertThat(migrated.to()).isEqualTo("3");
                                }));
        assertThat(engine.upgradeByPlan(newer, "acme", "latest", "1")).isInstanceOf(PlanOutcome.Done.class);
    }

    @Test
    void theOlderOfTwoReleasesWithTheSameVersionsNeverFails() throws Exception {
        MigrationCatalog older = engine.with("R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT id FROM account;")
                .proven();
        MigrationCatalog newer = engine.with(
                        "R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT id FROM account WHERE id > 0;")
                .with("R__view_2.sql", "CREATE OR REPLACE VIEW v2 AS SELECT id FROM account;")
                .proven();
        engine.upgrade(newer, "acme", "latest", "1");

        assertThat(engine.upgrade(older, "acme", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);
        assertThat(engine.upgrade(unproven(older), "acme", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);
        assertThat(engine.upgrade(unproven(newer), "acme", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);
        assertThat(engine.upgrade(unproven(older), "acme", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);
    }

    @Test
    void itIsKnownHowScriptsWereApplied() throws Exception {
        MigrationCatalog catalog = engine.with("V2__more.sql", "ALTER TABLE account ADD COLUMN more int;")
                .with("V3__fails.sql", "SELECT 1 / (current_schema() = 'tenant_other')::int;")
                .with("R__view.sql", "CREATE OR REPLACE VIEW account_names AS SELECT name FROM account;")
                .proven();
        // V3 has no plan, because it fails in the trial, and so nothing behind it has one.
        VersionTracker both = new VersionTracker();
        VersionTracker byFlyway = new VersionTracker();
        VersionTracker failed = new VersionTracker();

        assertThat(engine.upgrade(catalog, "other", "2", "1", both)).isInstanceOf(MigrationResult.Migrated.class);
        assertThat(engine.upgrade(unproven(catalog), "other", "latest", "2", byFlyway))
                .isInstanceOf(MigrationResult.Migrated.class);
        assertThat(engine.upgrade(unproven(catalog), "acme", "latest", "1", failed))
                .isInstanceOf(MigrationResult.Failed.class);

        assertThat(both.takeApplied()).isEqualTo(Map.of(AppliedBy.PLAN, 1, AppliedBy.FLYWAY, 1));
        assertThat(byFlyway.takeApplied()).isEqualTo(Map.of(AppliedBy.FLYWAY, 1));
        assertThat(failed.takeApplied()).isEqualTo(Map.of(AppliedBy.FLYWAY, 1));
    }

    private static MigrationCatalog unproven(MigrationCatalog catalog) {
        return catalog.with(Plans.NONE);
    }

    /** A sequence is not set back by a rollback: so the history is compared before the script runs, not behind it. */
    @Test
    void aPlanThatWasMadeForAnOlderVersionOfTheHomeDoesNotRunItsScript() throws Exception {
        MigrationCatalog catalog = engine.with(
                        "V2__ticket.sql", "CREATE SEQUENCE IF NOT EXISTS ticket; SELECT setval('ticket', 1);")
                .proven();
        assertThat(engine.upgradeByPlan(catalog, "acme", "latest", "1")).isInstanceOf(PlanOutcome.Done.class);
        engine.execute("SELECT setval('tenant_acme.ticket', 500)");

        assertThat(engine.upgradeByPlan(catalog, "acme", "latest", "1")).isInstanceOf(PlanOutcome.Done.class);

        assertThat(engine.query("SELECT last_value FROM tenant_acme.ticket")).containsExactly("500");
    }

    @Test
    void aMismatchNamesTheScript() throws Exception {
        MigrationCatalog catalog = engine.with("V1__account.sql", "CREATE TABLE account (id bigint);")
                .with("V2__more.sql", "SELECT 1;")
                .proven();

        assertThat(engine.upgrade(catalog, "acme", "latest", "1"))
                .isInstanceOfSatisfying(MigrationResult.Failed.class, failed -> {
                    assertThat(failed.error().code()).isEqualTo(ErrorCode.CHECKSUM_MISMATCH);
                    assertThat(failed.error().migration()).isEqualTo("V1__account.sql");
                    assertThat(failed.error().message())
                            .startsWith("V1__account.sql (version 1) was changed after it was applied");
                });
    }

    /** Begins the index build of acme, and breaks it off while it waits for a writer. */
    private MigrationResult breakOff(MigrationCatalog catalog, String how) throws Exception {
        try (Connection writer = engine.connect();
                Statement write = writer.createStatement()) {
            writer.setAutoCommit(false);
            write.execute("INSERT INTO tenant_acme.account VALUES (2, 'b')");
            CompletableFuture<MigrationResult> upgrade = async(() -> engine.upgrade(catalog, "acme", "latest", "1"));
            awaitWaiting("CREATE INDEX");
            engine.query("SELECT " + how
                    + "(pid) FROM pg_stat_activity WHERE query LIKE '%CREATE INDEX%' AND wait_event_type ="
                    + " 'Lock' AND datname = current_database()");
            return upgrade.exceptionally(killed -> new MigrationResult.Migrated(null, null, List.of(), null))
                    .join();
        }
    }

    private void assertIndexIsThere() throws Exception {
        assertThat(engine.query(
                        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'tenant_acme.account_name'::regclass"))
                .containsExactly("t");
        assertThat(engine.query("SELECT concat(version, success) FROM tenant_acme.flyway_schema_history ORDER BY 1"))
                .containsExactly("1t", "2t");
    }

    private void awaitWaiting(String statement) {
        Await.until(
                PATIENCE,
                statement + " waits",
                () -> !engine.query("SELECT pid FROM pg_stat_activity WHERE query LIKE '%" + statement
                                + "%' AND wait_event_type = 'Lock' AND datname = current_database()")
                        .isEmpty());
    }

    private interface Work<T> {
        T run() throws Exception;
    }

    private static <T> CompletableFuture<T> async(Work<T> work) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return work.run();
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        });
    }
}
