package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.StartLog;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.engine.snapshot.Difference;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which scripts get plans, and what is known of the others. */
class PlanVerifierIT {
    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture(Duration.ofSeconds(2), 1);
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    /** Policies that are forced upon the owner hide rows from him. */
    @Test
    void theProofEndsWhereTheRoleMayNotLook() throws Exception {
        engine.with("V1__a.sql", "CREATE TABLE a (id int);")
                .with(
                        "V2__hidden.sql",
                        "ALTER TABLE a ENABLE ROW LEVEL SECURITY; ALTER TABLE a FORCE ROW LEVEL SECURITY;")
                .with("V3__index.sql", "CREATE INDEX CONCURRENTLY a_id ON a (id);")
                .with("V4__b.sql", "CREATE TABLE b (id int);");

        try (Server server = engine.serverOfOwner()) {
            Plans plans = engine.proven(server).plans();

            assertThat(plans.steps()).containsOnlyKeys("V1__a.sql");
            assertThat(plans.outside()).containsOnlyKeys("V3__index.sql");
        }
    }

    /** Else all new tenants of isolation database would fail for it. */
    @Test
    void thereIsNoTemplateWhereTheRoleMayNotLook() throws Exception {
        engine.with(
                "V1__hidden.sql",
                "CREATE TABLE a (id int); ALTER TABLE a ENABLE ROW LEVEL SECURITY; ALTER TABLE a FORCE ROW LEVEL SECURITY;");

        try (Server server = engine.serverOfOwner()) {
            engine.execute("ALTER ROLE " + engine.owner() + " CREATEDB");
            TemplateDatabase template = new TemplateDatabase(server, engine.catalog(), engine.owner());

            template.make();

            assertThat(engine.query("SELECT datname FROM pg_database WHERE datname = '" + template.name() + "'"))
                    .isEmpty();
        }
    }

    @Test
    void whatRunsOutsideATransactionIsKnownThoughTheProofBreaksOff() throws Exception {
        engine.with("V1__a.sql", "CREATE TABLE a (id int);")
                .with(
                        "V2__fatal.sql",
                        "DO $$ BEGIN EXECUTE 'SELECT pg_term' || 'inate_backend(pg_backend_pid())'; END $$;")
                .with("V3__index.sql", "CREATE INDEX CONCURRENTLY a_id ON a (id);");

        Plans plans = engine.proven().plans();

        assertThat(plans.steps()).isEmpty();
        assertThat(plans.outside()).containsOnlyKeys("V3__index.sql");
    }

    @Test
    void aBaselineNeedsNoScriptsBelowIt() throws Exception {
        engine.with("B5__all.sql", "CREATE TABLE a (id int);");

        assertThat(engine.proven().plans().atOnce()).isTrue();

        engine.with("V6__more.sql", "ALTER TABLE a ADD COLUMN b int;");

        Plans plans = engine.proven().plans();
        assertThat(plans.atOnce()).isTrue();
        assertThat(plans.steps()).containsOnlyKeys("B5__all.sql", "V6__more.sql");
    }

    @Test
    void namesOfTenantsFitIntoNarrowColumns() throws Exception {
        engine.with("V1__who.sql", "CREATE TABLE who (t varchar(20)); INSERT INTO who VALUES ('${tenant}');");

        assertThat(engine.proven().plans().steps()).containsOnlyKeys("V1__who.sql");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET work_mem = '77MB';",
                "LISTEN news;",
                "DO $$ BEGIN SET app.tenant = 'x'; END $$;",
                "SET LOCAL standard_conforming_strings = off; SELECT '\\n';",
                "SET LOCAL backslash_quote = on;",
            })
    void whatOutlivesATransactionOrReadsDifferentlyHasNoPlan(String script) throws Exception {
        engine.with("V1__a.sql", "CREATE TABLE a (id int);")
                .with("V2__odd.sql", script)
                .with("V3__b.sql", "CREATE TABLE b (id int);");

        assertThat(engine.proven().plans().steps()).containsOnlyKeys("V1__a.sql", "V3__b.sql");
    }

    /** What PostgreSQL counts differently: where it fails, nobody would know which statement it was. */
    @Test
    void aScriptWhoseStatementsAreNotCountedAsPostgresqlCountsThemHasNoPlan() throws Exception {
        engine.with("V1__a.sql", "CREATE TABLE a (id int PRIMARY KEY);");
        engine.onboard(engine.proven(), "acme");
        engine.with("V2__days.sql", """
                CREATE FUNCTION days(begin date, finish date) RETURNS int RETURN $2 - $1;
                INSERT INTO a VALUES (1);
                INSERT INTO a VALUES (2);
                INSERT INTO a VALUES (3);
                INSERT INTO a VALUES (4);
                """);
        MigrationCatalog catalog = engine.proven();
        engine.execute("INSERT INTO tenant_acme.a VALUES (4)");

        assertThat(engine.upgrade(catalog, "acme", "latest", "1")).isInstanceOf(MigrationResult.Failed.class);
        assertThat(engine.query("SELECT version FROM tenant_acme.flyway_schema_history"))
                .containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET statement_timeout = '30s';",
                "SET lock_timeout = '2s';",
                "SET ROLE pg_monitor; SET search_path = ''; RESET ROLE;",
                "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
                "DEALLOCATE ALL;",
            })
    void whatEndsWithItsScriptIsNoReasonAgainstAPlan(String script) throws Exception {
        engine.with("V1__a.sql", "CREATE TABLE a (id int);")
                .with("V2__odd.sql", script)
                .with("V3__b.sql", "CREATE TABLE b (id int);");

        assertThat(engine.proven().plans().steps()).containsOnlyKeys("V1__a.sql", "V2__odd.sql", "V3__b.sql");
    }

    /** PostgreSQL lists no setting of this kind, and the call does not tell. */
    @Test
    void whatAFunctionSetsIsGoneForTheNextTenant() throws Exception {
        engine.with(
                        "V1__own.sql",
                        "CREATE FUNCTION own(t text) RETURNS text LANGUAGE plpgsql AS"
                                + " $$ BEGIN RETURN set_config('app.tenant', t, false); END $$;")
                .with("V2__call.sql", "SELECT own('${tenant}');");
        MigrationCatalog catalog = engine.proven();
        assertThat(catalog.plans().steps()).containsKey("V2__call.sql");
        engine.onboard(catalog, "acme");
        engine.execute("DELETE FROM tenant_acme.flyway_schema_history WHERE version = '2'");

        assertThat(engine.upgrade(catalog, "acme", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);

        assertThat(setting("app.tenant")).isNullOrEmpty();
    }

    /** Each statement asks in dynamic SQL whether it is sent by itself: the texts of the scripts do not show it. */
    @Test
    void aRefusedPlanSaysWhatDiffers() throws Exception {
        String byItself = "DECLARE q text; BEGIN EXECUTE 'SELECT current_' || 'query()' INTO q; ";
        engine.with(
                        "V1__default.sql",
                        "CREATE TABLE orders (total int); DO $$ " + byItself
                                + "EXECUTE 'ALTER TABLE orders ALTER total SET DEFAULT ' || (q LIKE 'DO%')::int; END $$;")
                .with(
                        "V2__rows.sql",
                        "CREATE TABLE sent (alone boolean); DO $$ " + byItself
                                + "INSERT INTO sent VALUES (q LIKE 'DO%'); END $$;")
                .with(
                        "V3__count.sql",
                        "DO $$ " + byItself
                                + "IF q LIKE 'DO%' THEN INSERT INTO orders VALUES (1), (2); END IF; END $$;")
                .with(
                        "V4__many.sql",
                        "DO $$ " + byItself
                                + "FOR i IN 1..30 LOOP IF q LIKE 'DO%' THEN EXECUTE 'CREATE TABLE t' || i || ' (id int)'; END IF;"
                                + " END LOOP; END $$;");

        try (StartLog log = new StartLog()) {
            assertThat(engine.proven().plans().steps()).isEmpty();

            assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line)
                            .endsWith(
                                    "V1__default.sql goes through Flyway: the result of its plan differs from Flyway's:"
                                            + " column orders.total: plan `integer DEFAULT 0 (position 1)`,"
                                            + " Flyway `integer DEFAULT 1 (position 1)`"))
                    .anySatisfy(line -> assertThat(line)
                            .endsWith("V2__rows.sql goes through Flyway: the result of its plan differs from Flyway's:"
                                    + " table sent: other values in alone"))
                    .anySatisfy(line -> assertThat(line)
                            .endsWith("V3__count.sql goes through Flyway: the result of its plan differs from Flyway's:"
                                    + " table orders: plan 0 rows, Flyway 2 rows"))
                    .anySatisfy(line -> assertThat(line)
                            .contains(
                                    "V4__many.sql goes through Flyway: ", "table t1: plan nothing, Flyway `USING heap`")
                            .endsWith(" more")
                            .hasSizeLessThan(1000));
        }
    }

    @Test
    void aPlanThatDiffersOnlyWhereThereAreRowsSaysWhat() throws Exception {
        engine.with("V1__a.sql", "CREATE TABLE a (id int, note text);")
                .with(
                        "V2__update.sql",
                        "DO $$ DECLARE q text; BEGIN EXECUTE 'SELECT current_' || 'query()' INTO q;"
                                + " UPDATE a SET note = left(q, 2); END $$;");

        PlanVerification verification = PlanVerifier.verify(engine.catalog(), engine.server(), Set.of(), warning -> {});

        assertThat(verification)
                .isInstanceOfSatisfying(
                        PlanVerification.Tried.class,
                        tried -> assertThat(tried.refused()).singleElement().satisfies(refused -> {
                            assertThat(refused.script()).isEqualTo("V2__update.sql");
                            assertThat(refused.isPlannedInNewHomes()).isTrue();
                            assertThat(refused.reason())
                                    .isEqualTo(new PlanRefusal.Different(
                                            true,
                                            List.of(new Difference.Values("table a", new TreeSet<>(Set.of("note")))),
                                            0));
                        }));
    }

    @Test
    void ofANewHomeThatIsMadeAtOnceEachScriptHasItsOwnTime() throws Exception {
        MigrationCatalog catalog = engine.with("V1__first.sql", "CREATE TABLE first (id int);")
                .with("V2__slow.sql", "DO $$ BEGIN PERFORM pg_sleep(0.5); END $$;")
                .with("V3__last.sql", "CREATE TABLE last (id int);")
                .proven();
        assertThat(catalog.plans().forNewHome().atOnce()).isTrue();
        long start = System.nanoTime();

        assertThat(engine.create(catalog, "acme")).isInstanceOf(PlanOutcome.Done.class);

        long elapsed = Duration.ofNanos(System.nanoTime() - start).toMillis();
        String history = "FROM tenant_acme.flyway_schema_history";
        assertThat(engine.query("SELECT execution_time >= 500 " + history + " WHERE version = '2'"))
                .containsExactly("t");
        assertThat(engine.query(
                        "SELECT sum(execution_time) <= " + elapsed + " AND min(execution_time) >= 0 " + history))
                .containsExactly("t");
    }

    @Test
    void aPlanIsNotForAnotherServer() throws Exception {
        MigrationCatalog catalog =
                engine.with("V1__a.sql", "CREATE TABLE a (id int);").proven();
        TenantHome elsewhere = TenantHome.inSchema("acme", "users", "archive", "tenant_acme");

        try (HomeSession session = HomeSession.open(engine.server(), elsewhere)) {
            assertThat(new Migrator(catalog).createByPlan(session, new VersionTracker()))
                    .isInstanceOf(PlanOutcome.None.class);
        }

        assertThat(engine.create(catalog, "acme")).isInstanceOf(PlanOutcome.Done.class);
    }

    private String setting(String name) throws SQLException {
        try (HomeSession session = HomeSession.open(engine.server(), engine.home("other"));
                Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT coalesce(current_setting('" + name + "', true), '')")) {
            row.next();
            return row.getString(1);
        }
    }
}
