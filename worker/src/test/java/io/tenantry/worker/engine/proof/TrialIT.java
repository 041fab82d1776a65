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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A trial leaves nothing behind, whatever scripts make outside their schema, and however the trial ends. */
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
        List<String> before = TrialDatabase.digests(engine);

        MigrationCatalog catalog = engine.proven();

        assertThat(TrialDatabase.digests(engine)).isEqualTo(before);
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

    @Test
    void anAllowedScriptIsTriedAndRolledBackAndThoseBehindItKeepTheirPlans() throws Exception {
        engine.execute("CREATE SCHEMA shared; CREATE TABLE shared.t (id int)");
        engine.with(
                        "V1__init.sql",
                        "CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public; CREATE SCHEMA IF NOT EXISTS common;"
                                + " GRANT SELECT ON shared.t TO PUBLIC; CREATE TABLE a (id int)")
                .with("V2__b.sql", "ALTER TABLE a ADD b text; CREATE INDEX ON a USING gin (b public.gin_trgm_ops)");
        List<String> before = TrialDatabase.digests(engine);
        assertThatThrownBy(() -> engine.proven())
                .isInstanceOf(MigrationsRefusedException.class)
                .hasMessageContaining("extension pg_trgm")
                .hasMessageContaining("schema common")
                .hasMessageContaining("table shared.t")
                .hasMessageContaining("databases.users.allow")
                .hasMessageNotContaining("gtrgm");

        try (StartLog log = new StartLog()) {
            MigrationCatalog catalog = engine.allowing("V1__init.sql");

            assertThat(TrialDatabase.digests(engine)).isEqualTo(before);
            assertThat(catalog.plans().steps()).containsOnlyKeys("V2__b.sql");
            assertThat(log.warnings()).hasSize(1).first().asString().contains("V1__init.sql", "extension pg_trgm");
            assertThat(engine.onboard(catalog, "acme")).isInstanceOf(MigrationResult.Migrated.class);
            assertThat(engine.onboard(catalog, "other")).isInstanceOf(MigrationResult.Migrated.class);
        }
        // Now it changes nothing any more.
        assertThat(engine.proven().plans().steps()).containsKey("V2__b.sql");
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
        List<String> before = TrialDatabase.digests(engine);
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

        assertThat(TrialDatabase.digests(engine)).isEqualTo(before);
        assertThat(scratches()).isEmpty();
    }

    /** A foreign key locks the table that all share until the trial ends. */
    @Test
    void aTrialKeepsNobodyFromASharedTableForLong() throws Exception {
        TrialDatabase.logDdl(engine);
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

    /** What scratch homes leave; other tests make roles of their own. */
    private List<String> roles() throws Exception {
        return engine.query("SELECT rolname FROM pg_roles WHERE rolname ~ '^t[0-9a-f]{12}_' ORDER BY rolname");
    }

    private List<String> scratches() throws Exception {
        return engine.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenantry%'");
    }
}
