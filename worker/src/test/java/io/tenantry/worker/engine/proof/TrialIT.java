package io.tenantry.worker.engine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.engine.EngineFixture;
import io.tenantry.worker.engine.StartLog;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.stack.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A trial leaves nothing behind, and does not take what the database does of itself for what a script reaches for. */
class TrialIT {
    private EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture();
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
    }

    @Test
    void aRoleForEachTenantIsTriedAndRolledBack() throws Exception {
        engine.with(
                        "V1__role.sql",
                        "CREATE ROLE \"${tenant}_app\" NOLOGIN; CREATE ROLE \"${tenant}_admin\";"
                                + " GRANT \"${tenant}_app\" TO \"${tenant}_admin\";"
                                + " ALTER ROLE \"${tenant}_app\" SET search_path = \"${schema}\";"
                                + " COMMENT ON ROLE \"${tenant}_app\" IS 'app';"
                                + " GRANT USAGE ON SCHEMA \"${schema}\" TO \"${tenant}_app\";"
                                + " ALTER DEFAULT PRIVILEGES IN SCHEMA \"${schema}\" GRANT SELECT ON TABLES TO \"${tenant}_app\"")
                .with("V2__invoice.sql", "CREATE TABLE invoice (id bigint PRIMARY KEY)")
                .with("V3__grant.sql", "GRANT INSERT ON invoice TO \"${tenant}_app\"");
        List<String> before = roles();

        try (StartLog log = new StartLog()) {
            engine.proven();
            engine.proven();
            MigrationCatalog catalog = engine.proven();

            assertThat(roles()).isEqualTo(before);
            assertThat(catalog.plans().steps()).containsOnlyKeys("V2__invoice.sql", "V3__grant.sql");
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("V1__role.sql goes through Flyway") && line.contains("role t"))
                    .noneMatch(line -> line.contains("fail"));
        }
    }

    @Test
    void theOwnerOfADatabaseMakesRolesToo() throws Exception {
        engine.with("V1__role.sql", "CREATE ROLE \"${tenant}_app\"; CREATE TABLE a (id int)")
                .with("V2__b.sql", "GRANT SELECT ON a TO \"${tenant}_app\"; CREATE TABLE b (id int)");
        try (Server server = engine.serverOfOwner()) {
            engine.execute("ALTER ROLE " + engine.owner() + " CREATEROLE");
            List<String> before = roles();

            Plans plans = engine.proven(server).plans();

            assertThat(roles()).isEqualTo(before);
            assertThat(plans.steps()).containsOnlyKeys("V2__b.sql");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT lo_create(0); CREATE TABLE a (id int)",
                "CREATE TABLE a (id int, o oid); INSERT INTO a VALUES (1, lo_from_bytea(0, 'x'))",
                "CREATE TABLE a (id int); DO $$ BEGIN PERFORM lo_creat(-1); END $$",
                "CREATE TABLE a (id int); GRANT pg_read_all_data TO \"${tenant}_member\"",
                "CREATE TABLE a (id int); CREATE USER MAPPING FOR \"${tenant}_member\" SERVER elsewhere OPTIONS (user '${tenant}')",
                "CREATE TABLE a (id int); CREATE ROLE \"${tenant}_x\""
            })
    void whatLivesOutsideSchemasIsRolledBack(String script) throws Exception {
        engine.execute("CREATE EXTENSION postgres_fdw; CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw");
        engine.with("V1__first.sql", "DO $$ BEGIN CREATE ROLE \"${tenant}_member\"; END $$")
                .with("V2__outside.sql", script)
                .with("V3__b.sql", "ALTER TABLE a ADD b int");
        List<String> before = everywhere();

        MigrationCatalog catalog = engine.proven();

        assertThat(everywhere()).isEqualTo(before);
        assertThat(catalog.plans().steps()).containsOnlyKeys("V3__b.sql");
    }

    @Test
    void nobodyHearsWhatATrialNotifies() throws Exception {
        engine.with(
                "V1__a.sql", "CREATE TABLE a (id int); NOTIFY tenants, '${tenant}'; SELECT pg_notify('tenants', 'b')");
        try (var connection = engine.connect();
                var statement = connection.createStatement()) {
            statement.execute("LISTEN tenants");

            MigrationCatalog catalog = engine.proven();

            assertThat(catalog.plans().steps()).containsOnlyKeys("V1__a.sql");
            assertThat(connection.unwrap(org.postgresql.PGConnection.class).getNotifications(100))
                    .isNullOrEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE a (id int); SELECT nextval('shared.ids')",
                "CREATE TABLE a (id int); SELECT setval('shared.ids', 7)",
                "CREATE TABLE a (id int DEFAULT nextval('shared.ids')); INSERT INTO a DEFAULT VALUES",
                "CREATE TABLE a (LIKE shared.numbered INCLUDING DEFAULTS); INSERT INTO a (name) VALUES ('x')",
                "CREATE TABLE a (LIKE shared.numbered INCLUDING DEFAULTS); DO $$ BEGIN INSERT INTO a (name) VALUES ('x'); END $$",
                "CREATE FUNCTION fill() RETURNS void LANGUAGE plpgsql AS 'BEGIN INSERT INTO a (name) VALUES (1); END';"
                        + " CREATE TABLE a (LIKE shared.numbered INCLUDING DEFAULTS); INSERT INTO a (name) VALUES ('x')",
                "CREATE TABLE a (id int); CREATE EXTENSION IF NOT EXISTS dblink SCHEMA public;"
                        + " SELECT public.dblink_exec('dbname=' || current_database(), 'INSERT INTO shared.numbered (name) VALUES (1)')",
                "CREATE TABLE a (id int); DO $$ BEGIN PERFORM nextval('shared.ids'); END $$",
                "CREATE TABLE a (id int); COPY a TO PROGRAM 'false'",
                "CREATE TABLE a (id int); SELECT setval(pg_get_serial_sequence('shared.numbered', 'id'), 1000)",
                "CREATE TABLE a (id int); SELECT nextval(('shared.ids'::text)::regclass)",
                "CREATE TABLE a (id int); SELECT nextval(CAST('shared.ids' AS regclass))",
                "CREATE TABLE a (id int); SELECT nextval(oid::regclass) FROM pg_class WHERE relname = 'ids'",
                "CREATE TABLE a (id int DEFAULT nextval('shared.ids'), b int); UPDATE a SET b = 1, id = DEFAULT",
                "CREATE TABLE a (id int); ALTER TABLE a ADD b int DEFAULT nextval('shared.ids')"
            })
    void whatNoRollbackUndoesIsNotTried(String script) throws Exception {
        engine.execute("CREATE EXTENSION dblink; CREATE SCHEMA shared; CREATE SEQUENCE shared.ids;"
                + " CREATE TABLE shared.numbered (id serial, name text)");
        engine.with("V1__first.sql", "CREATE TABLE first (id int)")
                .with("V2__outside.sql", script)
                .with("V3__b.sql", "ALTER TABLE a ADD b int");
        List<String> before = everywhere();

        try (StartLog log = new StartLog()) {
            MigrationCatalog catalog = engine.proven();

            assertThat(everywhere()).isEqualTo(before);
            assertThat(catalog.plans().steps()).containsOnlyKeys("V1__first.sql");
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("V2__outside.sql goes through Flyway: no rollback undoes"))
                    .anyMatch(
                            line -> line.contains("V3__b.sql goes through Flyway") && line.contains("V2__outside.sql"));
        }
    }

    /** What only names a shared sequence draws nothing from it; what fills such a table does, though long after. */
    @Test
    void aDefaultFromASharedSequenceCostsNoPlan() throws Exception {
        engine.execute("CREATE SCHEMA shared; CREATE SEQUENCE shared.ids");
        engine.with(
                        "V1__a.sql",
                        "CREATE FUNCTION fill() RETURNS void LANGUAGE plpgsql AS 'BEGIN INSERT INTO late (name) VALUES (1); END';"
                                + " CREATE TABLE a (id bigint DEFAULT nextval('shared.ids'), b bigint)")
                .with("V2__b.sql", "ALTER TABLE a ALTER COLUMN b SET DEFAULT nextval('shared.ids'::regclass)")
                .with("V3__more.sql", "ALTER TABLE a ADD c text")
                .with("V4__late.sql", "CREATE TABLE late (id bigint DEFAULT nextval('shared.ids'), name text)")
                .with("V5__fill.sql", "SELECT fill()");
        List<String> before = everywhere();

        assertThat(engine.proven().plans().steps())
                .containsOnlyKeys("V1__a.sql", "V2__b.sql", "V3__more.sql", "V4__late.sql");

        assertThat(everywhere()).isEqualTo(before);
    }

    /** The trial with sample rows fills no such table. */
    @Test
    void sampleRowsDrawFromNoSharedSequence() throws Exception {
        engine.execute("CREATE SCHEMA shared; CREATE TABLE shared.numbered (id serial, name text)");
        engine.with("V1__a.sql", "CREATE TABLE a (LIKE shared.numbered INCLUDING DEFAULTS); CREATE TABLE b (id serial)")
                .with("V2__fill.sql", "UPDATE a SET name = 'x'; UPDATE b SET id = 7");
        List<String> before = everywhere();

        assertThat(engine.proven().plans().steps()).containsOnlyKeys("V1__a.sql", "V2__fill.sql");

        assertThat(everywhere()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER SYSTEM SET work_mem = '5MB'",
                "CREATE DATABASE \"${tenant}_made\"",
                "BEGIN; CREATE TABLE a (id int); PREPARE TRANSACTION '${tenant}'"
            })
    void whatRunsOutsideTransactionsIsNotTriedIfItLeavesTheDatabase(String script) throws Exception {
        engine.with("V1__first.sql", "CREATE TABLE first (id int)").with("V2__outside.sql", script);
        List<String> before = everywhere();

        MigrationCatalog catalog = engine.proven();

        assertThat(everywhere()).isEqualTo(before);
        assertThat(catalog.plans().steps()).containsOnlyKeys("V1__first.sql");
    }

    /** Which sequence is the tenant's own is known when it is there. */
    @Test
    void ownSequencesAreTriedAsEver() throws Exception {
        engine.with(
                        "V1__a.sql",
                        "CREATE TABLE a (id serial, j bigint GENERATED ALWAYS AS IDENTITY); INSERT INTO a DEFAULT VALUES;"
                                + " SELECT setval('a_id_seq', 7), nextval('${schema}.a_id_seq')")
                .with("V2__b.sql", "INSERT INTO a DEFAULT VALUES; SELECT setval(pg_get_serial_sequence('a', 'id'), 9)");

        assertThat(engine.proven().plans().steps()).containsOnlyKeys("V1__a.sql", "V2__b.sql");
    }

    @Test
    void whatAnEventTriggerOfTheDatabaseWritesIsNotTheScripts() throws Exception {
        ddlLog();
        engine.with("V1__a.sql", "CREATE TABLE a (id int PRIMARY KEY)")
                .with("V2__b.sql", "CREATE VIEW b AS SELECT * FROM a; COMMENT ON TABLE a IS 'see ddl_log'");

        MigrationCatalog catalog = engine.proven();

        assertThat(catalog.plans().steps()).containsOnlyKeys("V1__a.sql", "V2__b.sql");
        assertThat(catalog.plans().atOnce()).isTrue();
        assertThat(engine.query("SELECT tag FROM audit.ddl_log")).isEmpty();
        engine.onboard(catalog, "acme");
        assertThat(engine.query("SELECT tag FROM audit.ddl_log"))
                .contains("CREATE SCHEMA", "CREATE TABLE", "CREATE VIEW");
    }

    @Test
    void theOwnerOfTheDatabaseHasEventTriggersToo() throws Exception {
        ddlLog();
        engine.with("V1__a.sql", "CREATE TABLE a (id int PRIMARY KEY)");
        try (Server server = engine.serverOfOwner()) {
            assertThat(engine.proven(server).plans().steps()).containsOnlyKeys("V1__a.sql");
        }
        assertThat(engine.query("SELECT tag FROM audit.ddl_log")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO audit.ddl_log (tag) VALUES ('mine')",
                "DO $$ BEGIN EXECUTE 'INSERT INTO audit.' || 'ddl_log' || ' (tag) VALUES (1)'; END $$",
                "CREATE TABLE audit.more (id int)",
                "TRUNCATE audit.ddl_log"
            })
    void whatAScriptWritesItselfIsFoundBesideAnEventTrigger(String script) throws Exception {
        ddlLog();
        engine.with("V1__a.sql", "CREATE TABLE a (id int)").with("V2__bad.sql", script);

        assertThatThrownBy(() -> engine.proven())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageStartingWith("V2__bad.sql reaches outside the tenant's schema: ")
                .hasMessageNotContaining("V1__a");
        assertThat(engine.query("SELECT tag FROM audit.ddl_log")).isEmpty();
    }

    /** An audit trigger for all: the function is the database's, and so is what it writes. */
    @Test
    void whatASharedFunctionWritesIsNotTheScripts() throws Exception {
        engine.execute("CREATE SCHEMA audit; CREATE TABLE audit.log (at timestamptz DEFAULT now(), what text);"
                + " CREATE FUNCTION audit.note() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN INSERT INTO audit.log (what) VALUES (tg_table_name); RETURN NEW; END $$");
        engine.with(
                        "V1__a.sql",
                        "CREATE TABLE a (id int); CREATE TRIGGER note AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION audit.note()")
                .with("V2__rows.sql", "INSERT INTO a VALUES (1)")
                .with("V3__b.sql", "CREATE TABLE b (id int)");

        MigrationCatalog catalog = engine.proven();

        assertThat(catalog.plans().steps()).containsOnlyKeys("V1__a.sql", "V2__rows.sql", "V3__b.sql");
        assertThat(engine.query("SELECT what FROM audit.log")).isEmpty();
    }

    @Test
    void temporaryTablesWithToastAreTheSessions() throws Exception {
        engine.with("V1__t.sql", "CREATE TABLE note (id int PRIMARY KEY, body text)")
                .with(
                        "V2__dedupe.sql",
                        "CREATE TEMP TABLE longest AS SELECT max(id) AS id, body FROM note GROUP BY body;"
                                + " CREATE INDEX ON longest (id); ALTER TABLE longest ADD more text; ANALYZE longest;"
                                + " DELETE FROM note WHERE id NOT IN (SELECT id FROM longest)");

        assertThat(engine.proven().plans().steps()).containsKey("V1__t.sql");
    }

    /** As the session resolves names. */
    @Test
    void theSearchPathOfTheRoleCounts() throws Exception {
        engine.with("V1__a.sql", "CREATE TABLE a (id int)").with("V2__lookup.sql", "INSERT INTO lookup VALUES (1)");
        try (Server server = engine.serverOfOwner()) {
            engine.execute(
                    "CREATE SCHEMA shared AUTHORIZATION " + engine.owner() + "; CREATE TABLE shared.lookup (id int);"
                            + " ALTER TABLE shared.lookup OWNER TO " + engine.owner() + "; ALTER ROLE " + engine.owner()
                            + " SET search_path = shared, public");
            MigrationCatalog catalog = engine.catalog();

            assertThatThrownBy(() -> PlanVerifier.verify(catalog, server, Set.of()))
                    .isInstanceOf(MigrationsRefusedException.class)
                    .hasMessageContaining("V2__lookup.sql reaches outside the tenant's schema: table shared.lookup");
            assertThat(engine.query("SELECT id FROM shared.lookup")).isEmpty();
        }
    }

    @Test
    void anAllowedScriptIsTriedAndRolledBackAndThoseBehindItKeepTheirPlans() throws Exception {
        engine.execute("CREATE SCHEMA shared; CREATE TABLE shared.t (id int)");
        engine.with(
                        "V1__init.sql",
                        "CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public; CREATE SCHEMA IF NOT EXISTS common;"
                                + " GRANT SELECT ON shared.t TO PUBLIC; CREATE TABLE a (id int)")
                .with("V2__b.sql", "ALTER TABLE a ADD b text; CREATE INDEX ON a USING gin (b public.gin_trgm_ops)");
        List<String> before = everywhere();
        assertThatThrownBy(() -> engine.proven())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageContaining("extension pg_trgm")
                .hasMessageContaining("schema common")
                .hasMessageContaining("table shared.t")
                .hasMessageContaining("databases.users.allow")
                .hasMessageNotContaining("gtrgm");

        try (StartLog log = new StartLog()) {
            MigrationCatalog catalog = engine.allowing("V1__init.sql");

            assertThat(everywhere()).isEqualTo(before);
            assertThat(catalog.plans().steps()).containsOnlyKeys("V2__b.sql");
            assertThat(log.warnings()).hasSize(1).first().asString().contains("V1__init.sql", "extension pg_trgm");
            assertThat(engine.onboard(catalog, "acme")).isInstanceOf(MigrationResult.Migrated.class);
            assertThat(engine.onboard(catalog, "other")).isInstanceOf(MigrationResult.Migrated.class);
        }
        // Now it changes nothing any more.
        assertThat(engine.proven().plans().steps()).containsKey("V2__b.sql");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP SCHEMA \"${schema}\" CASCADE; CREATE SCHEMA \"${schema}\"; CREATE TABLE \"${schema}\".a (id int)",
                "DROP SCHEMA IF EXISTS \"${schema}\" CASCADE",
                "ALTER SCHEMA \"${schema}\" RENAME TO \"${schema}_old\"",
                "DO $$ BEGIN EXECUTE 'DROP SCHEMA ' || current_schema() || ' CASCADE'; END $$"
            })
    void aScriptThatDropsItsOwnSchemaIsRefused(String script) throws Exception {
        engine.with("V1__a.sql", "CREATE TABLE b (id int)").with("V2__clean.sql", script);
        MigrationCatalog catalog = engine.catalog();

        for (Set<String> allow : List.of(Set.<String>of(), Set.of("V2__clean.sql"))) {
            assertThatThrownBy(() -> PlanVerifier.verify(catalog, engine.server(), allow))
                    .isInstanceOf(MigrationsRefusedException.class)
                    .hasMessageContaining("V2__clean.sql drops or renames the schema of the tenant")
                    .hasMessageContaining("flyway_schema_history");
        }
        assertThat(scratches()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COMMENT ON SCHEMA \"${schema}\" IS 'Data of ${tenant}'; ALTER TABLE a ADD b int",
                "COMMENT ON SCHEMA \"${schema}\" IS NULL; ALTER TABLE a ADD b int",
                "DO $$ BEGIN IF EXISTS (SELECT FROM a) THEN EXECUTE 'COMMENT ON SCHEMA ' || current_schema() || ' IS NULL';"
                        + " END IF; END $$; ALTER TABLE a ADD b int",
                "SET ROLE pg_monitor; RESET ROLE; COMMENT ON SCHEMA \"${schema}\" IS 'x'; ALTER TABLE a ADD b int; BEGIN; COMMIT"
            })
    void aCommentOnTheOwnSchemaLocksNobodyOut(String script) throws Exception {
        MigrationCatalog first = engine.with("V1__a.sql", "CREATE TABLE a (id int); INSERT INTO a VALUES (1)")
                .proven();
        engine.onboard(first, "acme");
        try (StartLog log = new StartLog()) {
            MigrationCatalog second = engine.with("V2__label.sql", script).proven();
            engine.onboard(second, "new");
            assertThat(engine.upgrade(second, "acme", "latest", "1")).isInstanceOf(MigrationResult.Migrated.class);
            engine.byFlyway(first, "vanilla", "1");
            engine.byFlyway(second, "vanilla", "2");
            if (script.startsWith("COMMENT")) {
                assertThat(log.warnings()).hasSize(1).first().asString().contains("V2__label.sql sets the comment");
                assertThat(second.plans().steps()).containsKey("V2__label.sql");
            }
        }
        MigrationCatalog third =
                engine.with("V3__b.sql", "CREATE TABLE b (id int)").proven();

        assertThat(third.plans().steps()).containsKey("V3__b.sql");
        assertThat(engine.upgrade(third, "acme", "latest", "2")).isInstanceOf(MigrationResult.Migrated.class);
        assertThat(engine.upgrade(third, "new", "latest", "2")).isInstanceOf(MigrationResult.Migrated.class);
        engine.byFlyway(third, "vanilla", "3");
        assertThat(engine.query("SELECT obj_description('tenant_acme'::regnamespace) UNION ALL"
                        + " SELECT obj_description('tenant_new'::regnamespace)"))
                .containsExactly(engine.home("acme").mark(), engine.home("new").mark());
        assertThat(SchemaStates.of(engine, "acme").catalog())
                .isEqualTo(SchemaStates.of(engine, "vanilla").catalog());
    }

    /** As if the worker had died: what was committed is found by the next start, and the rest never was. */
    @Test
    void aTrialThatIsKilledLeavesNothing() throws Exception {
        engine.with("V1__a.sql", "CREATE TABLE a (id int)")
                .with("V2__role.sql", "CREATE ROLE \"${tenant}_app\"; SELECT lo_create(0)")
                .with(
                        "V3__waits.sql",
                        "DO $$ BEGIN IF to_regclass('flyway_schema_history') IS NOT NULL THEN"
                                + " PERFORM pg_advisory_xact_lock_shared(4711); END IF; END $$");
        List<String> before = everywhere();
        try (Connection other = engine.connect();
                Statement statement = other.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(4711)");
            CompletableFuture<MigrationCatalog> start = CompletableFuture.supplyAsync(() -> {
                try {
                    return engine.proven();
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
            Await.until(
                    Duration.ofSeconds(30),
                    "the trial waits",
                    () -> engine.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                                    + " current_database() AND wait_event = 'advisory'")
                            .contains("t"));
            assertThat(start.get(60, TimeUnit.SECONDS).plans().steps()).isEmpty();
        }
        assertThat(roles()).isEmpty();

        assertThat(engine.proven().plans().steps()).containsKey("V1__a.sql");

        assertThat(everywhere()).isEqualTo(before);
        assertThat(scratches()).isEmpty();
    }

    /** A foreign key locks the table that all share until the trial ends. */
    @Test
    void aTrialKeepsNobodyFromASharedTableForLong() throws Exception {
        ddlLog();
        engine.execute("CREATE SCHEMA shared; CREATE TABLE shared.t (id int PRIMARY KEY)");
        engine.with("V1__a.sql", "CREATE TABLE a (id int REFERENCES shared.t)");
        for (int version = 2; version < 12; version++) {
            engine.with("V" + version + "__slow.sql", "CREATE TABLE t" + version + " (id int); SELECT pg_sleep(1)");
        }
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Duration> longest = CompletableFuture.supplyAsync(() -> longestWrite(done));

        MigrationCatalog catalog = engine.proven();

        done.set(true);
        assertThat(catalog.plans().steps()).containsKey("V1__a.sql");
        // The lock timeout of 2 s, and a script; not ten scripts.
        assertThat(longest.get(60, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(7));
    }

    private Duration longestWrite(AtomicBoolean done) {
        Duration longest = Duration.ZERO;
        try (Connection connection = engine.connect();
                Statement statement = connection.createStatement()) {
            for (int id = 0; !done.get(); id++) {
                long begun = System.nanoTime();
                statement.execute("INSERT INTO shared.t VALUES (" + id + ")");
                Duration took = Duration.ofNanos(System.nanoTime() - begun);
                longest = took.compareTo(longest) > 0 ? took : longest;
            }
            return longest;
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    private void ddlLog() throws Exception {
        engine.execute(
                "CREATE SCHEMA audit; CREATE TABLE audit.ddl_log (at timestamptz DEFAULT now(), tag text, who text);"
                        + " CREATE FUNCTION audit.log_ddl() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS"
                        + " $$ BEGIN INSERT INTO audit.ddl_log (tag) VALUES (tg_tag); END $$;"
                        + " CREATE EVENT TRIGGER log_ddl ON ddl_command_end EXECUTE FUNCTION audit.log_ddl()");
    }

    /** What scratch homes leave; other tests make roles of their own. */
    private List<String> roles() throws Exception {
        return engine.query("SELECT rolname FROM pg_roles WHERE rolname ~ '^t[0-9a-f]{12}_' ORDER BY rolname");
    }

    private List<String> scratches() throws Exception {
        return engine.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenantry%'");
    }

    /** Digests of what a trial must leave alone. */
    private List<String> everywhere() throws Exception {
        return engine.query("SELECT count(*) || ' schemas' FROM pg_namespace WHERE nspname !~ '^pg_'"
                + " UNION ALL SELECT count(*) || ' roles' FROM pg_roles WHERE rolname ~ '^t[0-9a-f]{12}_'"
                + " UNION ALL SELECT count(*) || ' large objects' FROM pg_largeobject_metadata"
                + " UNION ALL SELECT count(*) || ' user mappings' FROM pg_user_mappings"
                + " UNION ALL SELECT count(*) || ' extensions' FROM pg_extension"
                + " UNION ALL SELECT count(*) || ' databases' FROM pg_database WHERE datname LIKE '%made'"
                + " UNION ALL SELECT count(*) || ' prepared' FROM pg_prepared_xacts WHERE database = current_database()"
                + " UNION ALL SELECT count(*) || ' settings' FROM pg_file_settings WHERE name = 'work_mem'"
                + " UNION ALL SELECT concat_ws(' ', schemaname, sequencename, last_value) FROM pg_sequences");
    }
}
