package io.tenantry.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a script leaves in its session: timeouts, role, path and temporary tables end with it, all else with the tenant. */
@Order(8)
class ScriptSessionIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** As pg_dump prints it, and more; {@code check_function_bodies} stands for all other settings. */
    static final String LEAVES = "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_session_timeout = '1h';"
            + " SET idle_in_transaction_session_timeout = 0; SET search_path = public; SET check_function_bodies = off;"
            + " CREATE TEMP TABLE ids AS SELECT 1 AS id; SET ROLE pg_monitor";

    private static final String SEES = "CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS lock,"
            + " current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout')"
            + " AS idle, to_regclass('pg_temp.ids')::text AS temp, current_user::text AS who,"
            + " current_setting('search_path') AS path, current_setting('check_function_bodies') AS bodies;\n"
            + "CREATE TEMP TABLE ids AS SELECT 1 AS a, 2 AS b;";

    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture(Duration.ofMillis(500), 1);
        engine.with("V1__account.sql", "CREATE TABLE account (id int);");
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    record Way(String name, Map<String, String> scripts, boolean java) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Way> ways() {
        return Stream.of(
                new Way("in a transaction", Map.of("V2__leaves.sql", LEAVES + "; RESET ROLE;"), false),
                new Way(
                        "outside a transaction",
                        Map.of(
                                "V2__leaves.sql",
                                LEAVES + "; RESET ROLE;",
                                "V2__leaves.sql.conf",
                                "executeInTransaction=false"),
                        false),
                new Way(
                        "by set_config in a block",
                        Map.of(
                                "V2__leaves.sql",
                                "DO $$ BEGIN PERFORM set_config(n, v, false) FROM (VALUES ('lock_timeout', '0'),"
                                        + " ('statement_timeout', '1h'), ('idle_in_transaction_session_timeout', '0'),"
                                        + " ('search_path', ''), ('check_function_bodies', 'off')) s(n, v); END $$;\n"
                                        + "CREATE TEMP TABLE ids AS SELECT 1 AS id;"),
                        false),
                new Way("in Java", Map.of(), true));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void timeoutsRolePathAndTemporaryTablesEndWithTheirScriptAndOtherSettingsLast(Way way) throws Exception {
        engine.onboard(engine.proven(), "old");
        engine.with(way.scripts()).with("V3__sees.sql", SEES);
        if (way.java()) {
            engine.withJava(V2_1__Settings.class);
        }
        for (MigrationCatalog catalog : List.of(engine.proven(), engine.catalog())) {
            engine.execute("DROP SCHEMA IF EXISTS tenant_new CASCADE");
            assertThat(engine.onboard(catalog, "new")).isInstanceOf(MigrationResult.Migrated.class);
            assertThat(engine.upgrade(catalog, "old", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);

            for (String tenant : List.of("new", "old")) {
                assertThat(engine.query(
                                "SELECT concat_ws('; ', lock, statement, idle, temp, who, path, bodies) FROM tenant_"
                                        + tenant + ".seen"))
                        .containsExactly("500ms; 0; 30s; postgres; \"tenant_" + tenant + "\",\"$user\", public; off");
            }
        }
    }

    /** Here a function of the database's own fails; an operator who cancels the statement at that moment does the same. */
    @Test
    void aSessionWhoseResetFailsBehindTheCommitIsNotUsedAgain() throws Exception {
        engine.onboard(engine.proven(), "acme");
        MigrationCatalog catalog = engine.with(
                        "V2__lock.sql", "SELECT pg_advisory_lock(4711) FROM account;\nCREATE TABLE b (id int);")
                .proven();
        assertThat(catalog.plans().steps()).containsKey("V2__lock.sql");
        engine.execute(
                "INSERT INTO tenant_acme.account VALUES (1); CREATE FUNCTION public.pg_advisory_unlock_all() RETURNS"
                        + " void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$");
        engine.execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog',"
                + " current_database()); END $$");
        engine.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND"
                + " application_name = 'engine test'");

        assertThat(engine.upgrade(catalog, "acme", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);

        try (HomeSession next = HomeSession.open(engine.server(), engine.home("other"));
                Statement statement = next.connection().createStatement();
                ResultSet locks = statement.executeQuery(
                        "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")) {
            assertThat(locks.next()).isFalse();
        }
    }

    @Test
    void theSameInATemplate() throws Exception {
        MigrationCatalog catalog = engine.with("V2__leaves.sql", LEAVES + "; RESET ROLE;")
                .with("V3__sees.sql", SEES)
                .catalog();
        TemplateDatabase template = new TemplateDatabase(
                engine.server(), catalog, engine.home("any").location());
        template.make();
        String copy = template.name().replace("template", "copy");
        engine.execute("CREATE DATABASE " + copy + " TEMPLATE " + template.name());
        try (Connection connection = engine.server().connect(copy);
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT concat_ws('; ', lock, idle, temp, who, bodies) FROM seen")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("500ms; 30s; postgres; off");
        } finally {
            engine.execute("DROP DATABASE " + copy + " WITH (FORCE)");
            TemplateDatabase.drop(engine.server(), template.name());
        }
    }

    @Test
    void aScriptThatWaitsForALockBlocksReadersNoLongerThanTheTimeoutWhateverTheOneBeforeHasSet() throws Exception {
        engine.onboard(engine.proven(), "acme");
        MigrationCatalog catalog = engine.with(
                        "V2__countries.sql",
                        "SET statement_timeout = 0;\nSET lock_timeout = 0;\nSET client_encoding = 'UTF8';\n"
                                + "CREATE TABLE countries (code char(2) PRIMARY KEY);")
                .with("V3__more.sql", "ALTER TABLE account ADD COLUMN more int;")
                .proven();
        try (Connection holder = engine.connect();
                Connection traffic = engine.connect();
                Statement hold = holder.createStatement();
                Statement read = traffic.createStatement()) {
            holder.setAutoCommit(false);
            hold.execute("SELECT * FROM tenant_acme.account");
            CompletableFuture<MigrationResult> upgrade = CompletableFuture.supplyAsync(() -> {
                try {
                    return engine.upgrade(catalog, "acme", "latest", "1");
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            });
            Await.until(
                    PATIENCE,
                    "V3 waits",
                    () -> !engine.query("SELECT pid FROM pg_stat_activity WHERE query LIKE '%ALTER TABLE%' AND"
                                    + " wait_event_type = 'Lock' AND datname = current_database()")
                            .isEmpty());

            read.execute("SET statement_timeout = '20s'; SELECT * FROM tenant_acme.account");

            assertThatThrownBy(upgrade::join)
                    .rootCause()
                    .satisfies(failure ->
                            assertThat(((SQLException) failure).getSQLState()).isEqualTo("55P03"));
            holder.commit();
        }
        assertThat(engine.query("SELECT version FROM tenant_acme.flyway_schema_history"))
                .containsExactly("1", "2");
        assertThat(engine.upgrade(catalog, "acme", "latest", "2")).isInstanceOf(MigrationResult.Migrated.class);
    }

    /** Only where rows are, so no trial has seen it. */
    private static final String WHERE_ROWS_ARE = """
            CREATE SEQUENCE numbers;
            DO $$ BEGIN
                IF EXISTS (SELECT FROM account) THEN
                    SET lock_timeout = 0;
                    SET statement_timeout = '3s';
                    SET check_function_bodies = off;
                    SET search_path = public;
                    EXECUTE 'PREPARE left_over AS SELECT 1';
                    EXECUTE 'LISTEN left_over';
                    PERFORM pg_advisory_lock(77);
                    PERFORM nextval('numbers');
                    CREATE TEMP TABLE left_over (id int);
                    SET ROLE pg_monitor;
                    RESET ROLE;
                    SET ROLE postgres;
                END IF;
            END $$;
            """;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingOfASessionReachesTheNextTenantAlsoWhenDataDecided(boolean fails) throws Exception {
        engine.onboard(engine.proven(), "acme");
        engine.onboard(engine.proven(), "other");
        engine.execute("INSERT INTO tenant_acme.account VALUES (1)");
        MigrationCatalog catalog = engine.with(
                        "V2__data.sql", fails ? WHERE_ROWS_ARE.replace("RESET ROLE", "PERFORM 1 / 0") : WHERE_ROWS_ARE)
                .proven();
        assertThat(catalog.plans().steps()).containsKey("V2__data.sql");
        String before = state();

        engine.upgradeByPlan(catalog, "acme", "latest", "1");

        assertThat(state()).isEqualTo(before);
    }

    /** The one connection of the pool. */
    private String state() throws Exception {
        try (HomeSession session = HomeSession.open(engine.server(), engine.home("other"));
                Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid() || ' ' || concat_ws('; ',"
                        + " current_setting('lock_timeout'), current_setting('statement_timeout'),"
                        + " current_setting('check_function_bodies'), current_setting('search_path'), current_setting('role'),"
                        + " to_regclass('pg_temp.left_over'), (SELECT string_agg(name, ',') FROM pg_prepared_statements"
                        + " WHERE from_sql), (SELECT string_agg(c, ',') FROM pg_listening_channels() c),"
                        + " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()))")) {
            row.next();
            return row.getString(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET app.tenant = 'acme';",
                "SET LOCAL app.tenant = 'acme';",
                "SELECT set_config('app.tenant', 'acme', true);",
                "SELECT set_config('app.' || 'tenant', 'acme', false);",
                "DO $$ BEGIN EXECUTE 'SET ' || 'app.tenant' || ' = 1'; END $$;",
                "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN SET/* */app.tenant = 1; END'; SELECT f();",
                "java"
            })
    void anotherTenantNeverSeesThatACustomSettingWasSet(String script) throws Exception {
        MigrationCatalog before = engine.proven();
        if (script.equals("java")) {
            engine.withJava(V2_1__Settings.class);
        } else {
            engine.with("V2__sets.sql", script);
        }
        for (MigrationCatalog catalog : List.of(engine.proven(), engine.catalog())) {
            assertThat(isUnknown()).isTrue();
            engine.onboard(before, "acme");
            engine.upgrade(catalog, "acme", "latest", "1");
            assertThat(isUnknown()).isTrue();
            engine.execute("DROP SCHEMA tenant_acme CASCADE");
            engine.onboard(catalog, "acme");
            assertThat(isUnknown()).isTrue();
            engine.execute("DROP SCHEMA tenant_acme CASCADE");
        }
    }

    /** A function of the database, and a script that comes to it. */
    static Stream<Arguments> settersOfTheDatabase() {
        String setter = "CREATE FUNCTION public.set_it() RETURNS text LANGUAGE plpgsql AS"
                + " 'BEGIN RETURN set_config(''app.tenant'', ''acme'', false); END';";
        String trigger = "CREATE FUNCTION %1$s.note() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN EXECUTE ''SET app.'' || ''tenant = 1''; RETURN NEW; END';"
                + "CREATE TRIGGER note BEFORE INSERT ON tenant_acme.account FOR EACH ROW EXECUTE FUNCTION %1$s.note();";
        String insert = "INSERT INTO account VALUES (1);";
        return Stream.of(
                Arguments.of("called", setter, "SELECT set_it();"),
                Arguments.of(
                        "called by another",
                        setter
                                + "CREATE FUNCTION public.outer_one() RETURNS text LANGUAGE sql AS 'SELECT public.set_it()';",
                        "DO $$ BEGIN PERFORM outer_one(); END $$;"),
                Arguments.of(
                        "in a view", setter + "CREATE VIEW public.v AS SELECT public.set_it();", "SELECT * FROM v;"),
                Arguments.of(
                        "in its own configuration",
                        "CREATE FUNCTION public.of_config() RETURNS int LANGUAGE sql SET app.tenant = 'x' AS 'SELECT 1';",
                        "SELECT of_config();"),
                Arguments.of(
                        "with a body in standard SQL",
                        "CREATE FUNCTION public.of_body() RETURNS text RETURN set_config('app.tenant', 'x', true);",
                        "SELECT of_body();"),
                Arguments.of(
                        "of an event trigger",
                        "CREATE FUNCTION public.event() RETURNS event_trigger LANGUAGE plpgsql AS"
                                + " 'BEGIN SET LOCAL app.tenant = 1; END';"
                                + "CREATE EVENT TRIGGER event ON ddl_command_end EXECUTE FUNCTION public.event();",
                        "CREATE TABLE t ();"),
                Arguments.of("of all, in a trigger made by hand", trigger.formatted("public"), insert),
                Arguments.of("made by hand in the tenant", trigger.formatted("tenant_acme"), insert));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("settersOfTheDatabase")
    void anotherTenantNeverSeesWhatAFunctionOfTheDatabaseSets(String name, String functions, String script)
            throws Exception {
        engine.onboard(engine.proven(), "acme");
        engine.execute(functions);
        MigrationCatalog read = engine.with("V2__sets.sql", script).catalog();
        MigrationCatalog proven = engine.proven();
        assertThat(isUnknown()).isTrue();

        engine.upgrade(proven, "acme", "latest", "1");

        assertThat(isUnknown()).isTrue();
        engine.execute(
                "DELETE FROM tenant_acme.flyway_schema_history WHERE version = '2'; DROP TABLE IF EXISTS tenant_acme.t");
        engine.upgrade(EngineFixture.read(read, engine.server()), "acme", "latest", "1");
        assertThat(engine.query("SELECT max(version) FROM tenant_acme.flyway_schema_history"))
                .containsExactly("2");
        assertThat(isUnknown()).isTrue();
    }

    /** As long as nothing of the tenants comes to such a function, a session serves one after the other. */
    @Test
    void aFunctionThatNobodyCallsEndsNoSession() throws Exception {
        engine.execute("CREATE FUNCTION public.set_it() RETURNS text LANGUAGE sql AS"
                + " 'SELECT set_config(''app.tenant'', ''acme'', false)'");
        engine.onboard(engine.proven(), "acme");
        engine.execute("CREATE FUNCTION tenant_acme.set_it() RETURNS text LANGUAGE sql AS"
                + " 'SELECT set_config(''app.tenant'', ''acme'', false)'");
        MigrationCatalog catalog =
                engine.with("V2__b.sql", "CREATE TABLE b (reset_it int);").proven();
        engine.onboard(catalog, "other");
        String before = state();

        engine.onboard(catalog, "third");
        assertThat(state()).isEqualTo(before);
        engine.upgrade(catalog, "acme", "latest", "1");
        assertThat(state()).isNotEqualTo(before);
    }

    private boolean isUnknown() throws Exception {
        try (HomeSession session = HomeSession.open(engine.server(), engine.home("other"));
                Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('app.tenant', true) IS NULL")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
