package io.tenantry.worker.drift.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.AppliedPath;
import io.tenantry.worker.engine.reference.References;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.postgres.BlockingSession;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A difference counts only if a second look finds it, in a home that nobody works on. */
class HomeCheckIT {
    private static final String V2 = "CREATE INDEX users_email ON users (email)";

    private EngineFixture engine;
    private MigrationCatalog catalog;
    private TenantHome home;
    private CatalogSnapshot right;

    /** Happens while the reference is made again. */
    private interface Meanwhile {
        void run() throws Exception;
    }

    @BeforeEach
    void aHomeAtTheFirstVersion() throws Exception {
        engine = new EngineFixture();
        engine.with("V1__users.sql", "CREATE TABLE users (id int PRIMARY KEY, email text)");
        home = engine.home("acme");
        engine.onboard(engine.proven(), "acme");
        engine.with("V2__index.sql", V2);
        catalog = engine.catalog();
        try (Connection connection = engine.connect()) {
            right = CatalogSnapshot.of(connection, home.schema());
        }
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    @Test
    void aReferenceOfAnOlderEnvironmentIsMadeAgainBeforeADifferenceCounts() throws Exception {
        assertThat(checked(() -> {})).isInstanceOf(Verdict.Clean.class);

        engine.execute("ALTER TABLE tenant_acme.users ALTER email SET NOT NULL");

        assertThat(checked(() -> {})).isInstanceOf(Verdict.Drifted.class);
    }

    @Test
    void tenantsWhoseNamesAreQuotedHaveReferencesOfTheirOwn() throws Exception {
        engine.without("V2__index.sql").onboard(engine.proven(), "acme-2");
        HomeCheck check = check(() -> {});

        assertThat(check.of(engine.server(), home)).isInstanceOf(Verdict.Clean.class);
        assertThat(check.of(engine.server(), engine.home("acme-2"))).isInstanceOf(Verdict.Clean.class);
    }

    @Test
    void aHomeThatIsMigratedBetweenTheLooksIsBusy() throws Exception {
        assertThat(checked(() -> engine.upgrade(catalog, "acme", "2", "1"))).isInstanceOf(Verdict.Busy.class);
    }

    @Test
    void aHomeThatIsMigratedWhileItIsReadIsBusy() throws Exception {
        try (Connection migrating = engine.connect()) {
            migrating.setAutoCommit(false);
            List<CompletableFuture<Void>> committed = new ArrayList<>();

            Verdict verdict = checked(() -> {
                Sql.execute(migrating, "SET search_path = tenant_acme; ALTER TABLE users ADD COLUMN name text;" + V2);
                Sql.execute(
                        migrating,
                        "INSERT INTO flyway_schema_history VALUES (2, '2', 'index', 'SQL', 'V2__index.sql', 1, 'me', now(), 1,"
                                + " true)");
                committed.add(CompletableFuture.runAsync(() -> commitOnceSomebodyWaits(migrating)));
            });

            committed.get(0).join();
            assertThat(verdict).isEqualTo(Verdict.Busy.MIGRATED);
        }
    }

    /** A restore prints the CHECK in another way; while a lock keeps it from being made once more, nothing is known. */
    @Test
    void aHomeWithALockThatTheComparisonMeetsIsBusy() throws Exception {
        engine.execute(
                "ALTER TABLE tenant_acme.users ADD status varchar(10) CONSTRAINT known CHECK (status IN ('a', 'b'))");
        try (Connection connection = engine.connect()) {
            right = CatalogSnapshot.of(connection, home.schema());
        }
        engine.execute(
                "DO $$ DECLARE printed text; BEGIN SELECT pg_get_constraintdef(oid) INTO printed FROM pg_constraint"
                        + " WHERE conname = 'known' AND conrelid = 'tenant_acme.users'::regclass; ALTER TABLE tenant_acme.users DROP"
                        + " CONSTRAINT known; EXECUTE 'ALTER TABLE tenant_acme.users ADD CONSTRAINT known ' || printed; END $$");
        try (Connection locking = engine.connect()) {
            locking.setAutoCommit(false);

            assertThat(checked(() -> Sql.execute(locking, "LOCK TABLE tenant_acme.users")))
                    .isInstanceOfSatisfying(
                            Verdict.Busy.class,
                            busy -> assertThat(busy.obstacle()).contains("table users is locked by session "));

            locking.rollback();
            assertThat(checked(() -> {})).isInstanceOf(Verdict.Clean.class);
        }
    }

    @Test
    void aHomeThatSomebodyEmptiedIsNotComparable() throws Exception {
        engine.execute("DROP TABLE tenant_acme.users, tenant_acme.flyway_schema_history");

        assertThat(checked(() -> {}))
                .isInstanceOfSatisfying(
                        Verdict.Unreadable.class,
                        verdict -> assertThat(verdict.reason())
                                .contains("neither a row in flyway_schema_history nor a table"));
    }

    /** Definitions are made once more in a copy of the table. The look itself does not wait for a table with such a trigger. */
    @Test
    void aLockWhileDefinitionsAreMadeOnceMoreIsNoDifference() throws Exception {
        engine.execute("CREATE TABLE tenant_acme.plain (kind text);"
                + " CREATE FUNCTION tenant_acme.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
                + " CREATE TRIGGER noted BEFORE INSERT ON tenant_acme.plain EXECUTE FUNCTION tenant_acme.noted()");
        CatalogSnapshot spelled = spelledInAnotherWay();
        Stale references = new Stale(spelled, () -> fail("a new reference for another spelling"));
        HomeCheck check = new HomeCheck(catalog, references, List.of());
        try (Connection locking = engine.connect()) {
            assertThat(check.of(engine.server(), home)).isInstanceOf(Verdict.Clean.class);
            locking.setAutoCommit(false);
            Sql.execute(locking, "LOCK TABLE tenant_acme.plain");
            int pid = BlockingSession.pid(locking);

            assertThat(check.of(engine.server(), home))
                    .as("it is known by then")
                    .isInstanceOf(Verdict.Clean.class);
            HomeCheck other = new HomeCheck(catalog, references, List.of());
            assertThat(other.of(engine.server(), home))
                    .isInstanceOfSatisfying(
                            Verdict.Busy.class,
                            busy -> assertThat(busy.obstacle())
                                    .contains("table plain is locked by session " + pid + " (")
                                    .containsPattern("idle in transaction\\) since \\d+ s$"));
        }
    }

    /** A copy of a table that cannot be finished holds a lock of the table, and gives up before a migration does. */
    @Test
    void aMigrationDoesNotWaitLongForALookThatWaits() throws Exception {
        engine.execute("CREATE TABLE tenant_acme.plain (kind text);"
                + " CREATE FUNCTION tenant_acme.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
                + " CREATE TRIGGER noted BEFORE INSERT ON tenant_acme.plain EXECUTE FUNCTION tenant_acme.noted();"
                + " CREATE SEQUENCE public.copies; CREATE FUNCTION public.held() RETURNS event_trigger SECURITY DEFINER LANGUAGE"
                + " plpgsql AS 'BEGIN PERFORM nextval(''public.copies''), pg_advisory_xact_lock(7); END'; CREATE EVENT TRIGGER held"
                + " ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.held()");
        HomeCheck check = new HomeCheck(
                catalog, new Stale(spelledInAnotherWay(), () -> fail("nothing is known of the home")), List.of());
        try (Connection holding = engine.connect();
                Connection migrating = engine.connect()) {
            Sql.execute(holding, "SELECT pg_advisory_lock(7)");
            CompletableFuture<Verdict> verdict = CompletableFuture.supplyAsync(() -> check.of(engine.server(), home));
            Await.until(
                    Duration.ofSeconds(20),
                    "the look makes a copy of the table",
                    () -> engine.query("SELECT is_called FROM public.copies").equals(List.of("t")));

            Sql.execute(migrating, "SET lock_timeout = '2s'; ALTER TABLE tenant_acme.plain ADD more text");

            assertThat(verdict.join()).isInstanceOf(Verdict.Busy.class);
        }
    }

    /** REINDEX CONCURRENTLY makes a second index beside each, swaps both, and drops the old one, in a transaction each. */
    @Test
    void aReindexThatRunsIsNoDifferenceAndWhatAFailedOneLeavesIs() throws Exception {
        try (Connection writing = engine.connect();
                Connection reading = engine.connect();
                Connection reindexing = engine.connect()) {
            writing.setAutoCommit(false);
            Sql.execute(writing, "INSERT INTO tenant_acme.users VALUES (1)");
            int pid = BlockingSession.pid(reindexing);
            CompletableFuture<Void> reindex = CompletableFuture.runAsync(() -> reindex(reindexing));
            awaitIndex("users_pkey_ccnew");
            assertThat(checked(() -> {})).as("built for writers").isInstanceOf(Verdict.Clean.class);

            reading.setAutoCommit(false);
            Sql.execute(reading, "LOCK TABLE tenant_acme.users IN ACCESS SHARE MODE");
            writing.rollback();
            awaitIndex("users_pkey_ccold");
            assertThat(checked(() -> {})).as("not yet dropped").isInstanceOf(Verdict.Clean.class);

            engine.execute("SELECT pg_cancel_backend(" + pid + ")");
            reindex.join();
            assertThat(checked(() -> {}))
                    .isInstanceOfSatisfying(
                            Verdict.Drifted.class,
                            drifted -> assertThat(drifted.differences())
                                    .extracting(one -> one.change() + " " + one.subject())
                                    .containsExactly("EXTRA index users_pkey_ccold on users"));
        }
    }

    private void reindex(Connection connection) {
        try {
            Sql.execute(connection, "REINDEX INDEX CONCURRENTLY tenant_acme.users_pkey");
            fail("the reindex was not cancelled");
        } catch (SQLException cancelled) {
            assertThat(cancelled.getSQLState()).isEqualTo("57014");
        }
    }

    private void awaitIndex(String name) {
        Await.until(
                Duration.ofSeconds(20),
                "an index " + name,
                () -> engine.query("SELECT to_regclass('tenant_acme." + name + "') IS NOT NULL")
                        .equals(List.of("t")));
    }

    private CatalogSnapshot spelledInAnotherWay() throws SQLException {
        try (Connection connection = engine.connect()) {
            TreeMap<String, CatalogSnapshot.Entry> entries =
                    new TreeMap<>(CatalogSnapshot.of(connection, home.schema()).entries());
            entries.computeIfPresent(
                    "trigger plain.noted",
                    (label, trigger) -> new CatalogSnapshot.Entry(
                            trigger.partOf(), trigger.definition().replace("EXECUTE FUNCTION", "EXECUTE PROCEDURE")));
            return new CatalogSnapshot(entries);
        }
    }

    private void commitOnceSomebodyWaits(Connection migrating) {
        try {
            Await.until(
                    Duration.ofSeconds(20),
                    "a look waits for the table",
                    () -> engine.query("SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE"
                                    + " d.datname = current_database() AND NOT granted")
                            .equals(List.of("1")));
            migrating.commit();
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    private Verdict checked(Meanwhile meanwhile) {
        return check(meanwhile).of(engine.server(), home);
    }

    /** With a reference that was kept since users had no column email. */
    private HomeCheck check(Meanwhile meanwhile) {
        TreeMap<String, CatalogSnapshot.Entry> older = new TreeMap<>(right.entries());
        older.remove("column users.email");
        return new HomeCheck(catalog, new Stale(new CatalogSnapshot(older), meanwhile), List.of());
    }

    /** Has an older reference until it is made again. */
    private final class Stale implements References {
        private final CatalogSnapshot older;
        private final Meanwhile meanwhile;

        private Stale(CatalogSnapshot older, Meanwhile meanwhile) {
            this.older = older;
            this.meanwhile = meanwhile;
        }

        @Override
        public Answer at(TenantHome of, AppliedPath path, Freshness freshness) {
            if (freshness == Freshness.KEPT) {
                return new Answer.Found(older);
            }
            try {
                meanwhile.run();
            } catch (Exception failure) {
                throw new AssertionError(failure);
            }
            return new Answer.Found(right);
        }

        @Override
        public Optional<Answer> known(TenantHome of, AppliedPath path) {
            return Optional.empty();
        }
    }
}
