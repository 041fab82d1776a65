package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.MigrationState;
import io.tenantry.worker.postgres.connection.ReceiveBudget;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong while scripts are proven costs no more plans than it must. */
class PlanVerifierFaultsIT {
    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    void aLockThatIsNotHadInTheTrialWithRowsTakesNoProvenPlanAway() throws Exception {
        try (EngineFixture engine = new EngineFixture(SHORT)) {
            engine.execute("CREATE SCHEMA shared; CREATE TABLE shared.offer (id int PRIMARY KEY)");
            engine.with("V1__a.sql", "CREATE TABLE a (id int, note text);")
                    .with("V2__key.sql", "CREATE TABLE b (id int REFERENCES shared.offer);")
                    .with("V3__update.sql", "UPDATE a SET note = 'x';");
            MigrationCatalog catalog = engine.catalog();
            try (Scratch scratch = Scratch.open(engine.server(), "users");
                    Connection other = engine.connect();
                    Statement lock = other.createStatement()) {
                PlanCandidates candidates =
                        PlanCandidates.of(catalog, scratch, StatementObservers.of(scratch.session()));
                SchemaBoundaryCheck boundary =
                        new SchemaBoundaryCheck(scratch, candidates.statements(), Set.of(), Set.of());
                List<Migration> path = MigrationState.forNewHome(catalog.migrations(), null);
                boundary.tryAll(path);
                PathTrial trial = new PathTrial(
                        catalog,
                        scratch,
                        boundary,
                        path,
                        System.nanoTime() + Duration.ofMinutes(1).toNanos());
                assertThat(new PlannedRun(trial, candidates)
                                .run(SchemaStateReader.WHOLE)
                                .states())
                        .hasSize(3);
                scratch.drop();
                other.setAutoCommit(false);
                lock.execute("LOCK TABLE shared.offer IN ACCESS EXCLUSIVE MODE");

                assertThat(new SampleRowsRun(trial, candidates).run(3)).isPresent();

                assertThat(path).allMatch(candidates::has);
                assertThat(candidates.refused()).isEmpty();
            }
        }
    }

    /** PostgreSQL parses a whole message before it runs the first statement of it. */
    @Test
    void aScriptThatCannotBeParsedTakesNoOtherScriptsPlanAway() throws Exception {
        try (EngineFixture engine = new EngineFixture()) {
            engine.with("V1__item.sql", "CREATE TABLE item (id int);")
                    .with("V2__wrong.sql", "SELECT 1;\nALTER TABEL item ADD name text;");
            List<VerificationWarning> warnings = new ArrayList<>();

            PlanVerification verification =
                    PlanVerifier.verify(engine.catalog(), engine.server(), Set.of(), warnings::add);

            assertThat(verification.plans().of(engine.catalog().migrations().get(0)))
                    .isPresent();
            assertThat(warnings)
                    .singleElement()
                    .isInstanceOfSatisfying(VerificationWarning.ScriptFails.class, fails -> {
                        assertThat(fails.error().migration()).isEqualTo("V2__wrong.sql");
                        assertThat(fails.error().line()).isEqualTo(2);
                    });
        }
    }

    /** A body in standard SQL holds its tables: to have it as text, PostgreSQL locks them. */
    @Test
    void functionsAreReadWithoutTheLocksOfTheirTables() throws Exception {
        try (EngineFixture engine = new EngineFixture(SHORT);
                Connection other = engine.connect();
                Statement lock = other.createStatement()) {
            engine.execute("""
                    CREATE SCHEMA shared; CREATE TABLE shared.offer (id int, query text);
                    CREATE FUNCTION shared.offers() RETURNS bigint RETURN (SELECT count(*) FROM shared.offer);
                    CREATE FUNCTION shared.message() RETURNS text RETURN (SELECT current_query());
                    CREATE FUNCTION shared.note_it() RETURNS trigger LANGUAGE plpgsql AS
                        'BEGIN NEW.note = shared.message(); RETURN NEW; END';
                    CREATE FUNCTION shared.activity() RETURNS bigint RETURN (SELECT count(*) FROM pg_stat_activity);
                    """);
            other.setAutoCommit(false);
            lock.execute("LOCK TABLE shared.offer IN ACCESS EXCLUSIVE MODE");
            engine.with("V1__a.sql", "CREATE TABLE a (id int, note text);")
                    .with("V2__offers.sql", "COMMENT ON TABLE a IS 'offers()';")
                    .with("V3__activity.sql", "ALTER TABLE a ADD n bigint DEFAULT shared.activity();")
                    .with(
                            "V4__trigger.sql",
                            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION shared.note_it();");

            assertThat(engine.proven().plans().steps()).containsOnlyKeys("V1__a.sql", "V2__offers.sql");
        }
    }

    @Test
    void whereFunctionsCannotBeReadEachMayRead() throws Exception {
        try (EngineFixture engine = new EngineFixture(SHORT);
                Server server = engine.serverOfOwner()) {
            engine.execute("REVOKE SELECT ON pg_proc FROM PUBLIC");
            try (Scratch scratch = Scratch.open(server, "users")) {
                StatementObservers observers = StatementObservers.of(scratch.session());

                assertThat(observers.mayObserve(List.of("CREATE TABLE a (id int)")))
                        .isTrue();
            }
        }
    }

    /** The first is read by Flyway's own trial run, the second when the scratch schema is opened. */
    @ParameterizedTest
    @ValueSource(strings = {"pg_proc", "pg_namespace", "pg_depend"})
    void whatRunsOutsideATransactionIsKnownWhateverCannotBeRead(String catalog) throws Exception {
        try (EngineFixture engine = new EngineFixture(SHORT);
                Server server = engine.serverOfOwner()) {
            engine.with("V1__a.sql", "CREATE TABLE a (id int); CREATE TYPE size AS ENUM ('s');")
                    .with("V2__index.sql", "CREATE INDEX CONCURRENTLY a_${tenant} ON a (id);")
                    .with("V3__enum.sql", "ALTER TYPE size ADD VALUE 'm';")
                    .with("V4__told.sql", "SELECT 1;")
                    .with("V4__told.sql.conf", "executeInTransaction=false")
                    .with("V5__inside.sql", "VACUUM a;")
                    .with("V5__inside.sql.conf", "executeInTransaction=true");
            MigrationCatalog read = engine.catalog();
            engine.execute("REVOKE SELECT ON pg_catalog." + catalog + " FROM PUBLIC");

            for (MigrationCatalog known : List.of(engine.proven(server), EngineFixture.read(read, server))) {
                assertThat(known.plans().outside()).containsOnlyKeys("V2__index.sql", "V4__told.sql");
                assertThat(Objects.requireNonNull(known.plans().outside().get("V2__index.sql"))
                                .indexesIn(engine.home("acme")))
                        .containsExactly("a_acme");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE log (get int); INSERT INTO log (get) VALUES (1); UPDATE log SET get = 2;",
                "CREATE TABLE a (id int /* not by statement_timestamp() */); INSERT INTO a VALUES (1);",
                "CREATE TABLE a (id int); INSERT INTO a -- current_query() would be wrong\n VALUES (1);",
                "CREATE TABLE a (id int); SELECT noted(1) FROM a;"
            })
    void aWordThatIsNotACallIsNone(String script) throws Exception {
        try (EngineFixture engine = new EngineFixture()) {
            engine.execute("""
                    CREATE FUNCTION get() RETURNS text LANGUAGE sql AS 'SELECT query FROM pg_stat_activity LIMIT 1';
                    CREATE FUNCTION log(text) RETURNS text LANGUAGE sql AS 'SELECT get()';
                    CREATE FUNCTION noted(log int) RETURNS int LANGUAGE sql AS 'SELECT log';
                    CREATE SCHEMA tenant_other;
                    CREATE FUNCTION tenant_other.noted() RETURNS text LANGUAGE sql AS 'SELECT public.get()';
                    """);
            engine.execute(TenantHome.inSchema("other", "users", "main", "tenant_other")
                    .markSql());

            assertThat(engine.with("V1__a.sql", script).proven().plans().steps())
                    .containsOnlyKeys("V1__a.sql");
        }
    }

    /** 700 KiB each, of 1 MiB. */
    @Test
    void scriptsThatSendTooMuchTogetherAreAppliedOneByOne() throws Exception {
        try (EngineFixture engine = new EngineFixture(new ReceiveBudget(1024 * 1024, 64 * 1024))) {
            String much = "SELECT repeat('x', 700 * 1024);";
            engine.with("V1__a.sql", "CREATE TABLE a (id int); " + much).with("V2__b.sql", much);

            Plans plans = engine.proven().plans();

            assertThat(plans.steps()).hasSize(2);
            assertThat(plans.atOnce()).isFalse();
            assertThat(engine.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenantry%'"))
                    .isEmpty();
        }
    }

    /** A table that all share may be large. */
    @Test
    void sampleRowsTakeTheKeysOfOtherSchemasByTheirIndex() throws Exception {
        try (EngineFixture engine = new EngineFixture()) {
            engine.execute("""
                    CREATE SCHEMA shared;
                    CREATE TABLE shared.offer (region text, id int);
                    CREATE UNIQUE INDEX ON shared.offer (id DESC, region);
                    INSERT INTO shared.offer SELECT 'r' || n % 3, n FROM generate_series(1, 200000) n;
                    ANALYZE shared.offer;
                    """);
            engine.with("V1__a.sql", """
                            CREATE TABLE a (id int NOT NULL, region text NOT NULL, note text,
                                FOREIGN KEY (region, id) REFERENCES shared.offer (region, id));
                            """)
                    .with("V2__audit.sql", """
                            CREATE TABLE audit (seen boolean);
                            CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS $$
                            DECLARE in_one boolean; BEGIN
                                EXECUTE 'SELECT current_' || 'query() LIKE ''%tenantry%''' INTO in_one;
                                INSERT INTO audit VALUES (in_one); RETURN NEW;
                            END $$;
                            CREATE TRIGGER note_it BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION note_it();
                            """)
                    .with("V3__update.sql", "UPDATE a SET note = 'a';")
                    .with("V4__update.sql", "UPDATE a SET note = 'b';");

            assertThat(engine.proven().plans().steps())
                    .as("there are sample rows")
                    .containsOnlyKeys("V1__a.sql", "V2__audit.sql");

            // Statistics of the server come after the session has ended.
            Await.until(
                    Duration.ofSeconds(30),
                    "a look by the index is counted",
                    () -> engine.query("SELECT idx_scan > 0 FROM pg_stat_user_tables WHERE relname = 'offer'")
                            .equals(List.of("t")));
            assertThat(engine.query("SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'offer'"))
                    .as("rows read but by the index: those that ANALYZE does not count")
                    .containsExactly("0");
        }
    }

    @Test
    void aVersionBelowTheOthersIsNamedWhereABaselineStandsForTheFirstOnes() throws Exception {
        try (EngineFixture engine = new EngineFixture()) {
            engine.with("V1__x.sql", "CREATE TABLE x (id int);")
                    .with("B5__all.sql", "CREATE TABLE x (id int);")
                    .with("V6__y.sql", "CREATE TABLE y (id int);")
                    .with("V7__z.sql", "CREATE TABLE z (id int);");
            engine.onboard(engine.proven(), "acme");

            assertLate(engine);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aVersionBelowTheOthersIsNamedAfterABaselineByHand(boolean isKnown) throws Exception {
        try (EngineFixture engine = new EngineFixture()) {
            engine.with("V1__x.sql", "CREATE TABLE x (id int);")
                    .with(isKnown ? "V5__all.sql" : "V5.1__all.sql", "CREATE TABLE IF NOT EXISTS all_of_it (id int);")
                    .with("V6__y.sql", "CREATE TABLE y (id int);")
                    .with("V7__z.sql", "CREATE TABLE z (id int);");
            engine.onboard(engine.catalog(), "acme");
            engine.execute("UPDATE tenant_acme.flyway_schema_history SET installed_rank = installed_rank + 10;"
                    + " DELETE FROM tenant_acme.flyway_schema_history WHERE version IN ('1', '5');"
                    + " INSERT INTO tenant_acme.flyway_schema_history (installed_rank, version, description, type, script,"
                    + " installed_by, execution_time, success)"
                    + " VALUES (1, '5', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', 'x', 0, true)");

            assertLate(engine);
        }
    }

    private static void assertLate(EngineFixture engine) throws Exception {
        MigrationCatalog next =
                engine.with("V6.5__late.sql", "CREATE TABLE late (id int);").catalog();
        assertThat(engine.upgrade(next, "acme", "latest", "7"))
                .isInstanceOfSatisfying(MigrationResult.Failed.class, failed -> {
                    assertThat(failed.error().code()).isEqualTo(ErrorCode.OUT_OF_ORDER);
                    assertThat(failed.error().migration()).isEqualTo("V6.5__late.sql");
                });
    }
}
