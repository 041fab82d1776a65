package io.tenantry.worker.operator.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.HomeState;
import io.tenantry.worker.postgres.home.LockedHome;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code registry rebuild}: the registry becomes what the homes are. */
class RebuildIT {
    private static final String HOMES =
            "SELECT tenant || ' ' || database || ' ' || location || ' ' || version FROM tenantry.tenant_home UNION ALL SELECT"
                    + " database || ' ' || location || ' ' || version FROM tenantry.shared_database ORDER BY 1";

    private final Deployment deployment = Deployment.create();
    private Server server;

    @BeforeEach
    void makeHomes() throws Exception {
        deployment.database("users").withTwoTables();
        deployment.database("analytics").withTwoTables().isolation(Isolation.DATABASE);
        deployment.database("billing").withTwoTables().isolation(Isolation.SHARED);
        deployment.with("worker.lock-timeout", "200ms");
        server = new Server(
                Objects.requireNonNull(deployment.settings().servers().get("main")),
                new SessionTimeouts(Duration.ofSeconds(2), Duration.ZERO),
                "rebuild test");
        try (Registry registry = new Registry(deployment.settings().registry(), "test")) {
            registry.migrate();
        }
        make("users", "acme", "latest");
        make("users", "globex", "1");
    }

    @AfterEach
    void cleanUp() throws Exception {
        server.close();
        deployment.close();
    }

    @Test
    void findsEveryHomeOfALostRegistryAndWritesOnlyWhenItIsTold() throws Exception {
        make("analytics", "acme", "latest");
        make("billing", null, "latest");

        CommandLineRun look = rebuild();
        assertThat(look.status()).isZero();
        assertThat(look.lines())
                .containsExactly(
                        "missing: acme, database users: main/users_acme: version 2, not in the registry",
                        "missing: acme, database analytics: main/" + deployment.locationOf("analytics", "acme")
                                + ": version 2, not in the registry",
                        "missing: globex, database users: main/users_globex: version 1, not in the registry",
                        "missing: shared database billing: main/billing: version 2, not in the registry");
        assertThat(look.err())
                .contains("4 homes compared: 4 missing; nothing was written")
                .contains("tenantry registry rebuild")
                .contains(" --yes");
        assertThat(deployment.queryRegistry(HOMES)).isEmpty();

        CommandLineRun written = rebuild("--yes");
        assertThat(written.err()).contains("4 corrected").contains("attributes of tenants that were missing are lost");
        assertThat(deployment.queryRegistry(HOMES))
                .containsExactly(
                        "acme analytics " + deployment.locationOf("analytics", "acme") + " 2",
                        "acme users users_acme 2",
                        "billing billing 2",
                        "globex users users_globex 1");
        assertThat(deployment.queryRegistry("SELECT count(fingerprint) FROM tenantry.tenant_home"))
                .as("known, because these scripts are what the homes have had")
                .containsExactly("3");
        assertThat(rebuild().err()).contains("4 homes compared: no difference");
        assertThat(deployment.queryRegistry("SELECT count(*) FROM tenantry.worker"))
                .as("leases are given back")
                .containsExactly("0");
    }

    @Test
    void correctsVersionsAndPlacesAndKeepsAttributes() throws Exception {
        rebuild("--yes");
        deployment.executeInRegistry("UPDATE tenantry.tenant SET attributes = '{\"plan\": \"gold\"}';"
                + " UPDATE tenantry.tenant_home SET version = '7' WHERE tenant = 'acme';"
                + " UPDATE tenantry.tenant_home SET location = 'elsewhere' WHERE tenant = 'globex'");

        assertThat(rebuild("--tenant", "acme", "--json").json())
                .singleElement()
                .satisfies(
                        line -> assertThat(line.get("difference").textValue()).isEqualTo("version"));
        assertThat(rebuild("--yes").lines())
                .containsExactly(
                        "version: acme, database users: main/users_acme: version 2, in the registry 7 - written",
                        "location: globex, database users: main/users_globex: version 1, in the registry 1; registered at"
                                + " main/elsewhere - written");
        assertThat(deployment.queryRegistry(HOMES))
                .containsExactly("acme users users_acme 2", "globex users users_globex 1");
        assertThat(deployment.queryRegistry("SELECT DISTINCT attributes ->> 'plan' FROM tenantry.tenant"))
                .containsExactly("gold");
    }

    @Test
    void forgetsAFingerprintThatTheHomeDoesNotHave() throws Exception {
        rebuild("--yes");
        deployment.executeInRegistry(
                "UPDATE tenantry.tenant_home SET fingerprint_seen = 'wrong' WHERE tenant = 'acme'");

        assertThat(rebuild("--yes").lines()).singleElement().asString().startsWith("scripts: acme");
        assertThat(deployment.queryRegistry("SELECT count(*) FROM tenantry.tenant_home WHERE fingerprint = 'wrong'"))
                .containsExactly("0");
        assertThat(rebuild().lines()).isEmpty();
    }

    @Test
    void deletesRowsWithoutAHomeOnlyWhenThatIsWanted() {
        rebuild("--yes");
        deployment.execute("DROP SCHEMA users_acme CASCADE; COMMENT ON SCHEMA users_globex IS 'mine'");

        CommandLineRun kept = rebuild("--yes");
        assertThat(kept.status()).as("one cannot be told apart").isEqualTo(1);
        assertThat(kept.out())
                .contains("gone: acme, database users: main/users_acme: does not exist")
                .contains(
                        "foreign: globex, database users: main/users_globex: not touched; schema has the comment mine");
        assertThat(kept.err()).contains(" --yes --prune");
        assertThat(deployment.queryRegistry(HOMES)).hasSize(2);

        deployment.executeInRegistry(
                "INSERT INTO tenantry.drift_home (shared, key, database, state) VALUES (false, 'acme',"
                        + " 'users', 'clean'); INSERT INTO tenantry.placement (tenant, database, server) VALUES ('acme', 'users', 'main')");
        assertThat(rebuild("--yes", "--prune").out()).contains("gone: acme").contains(" - deleted");
        assertThat(deployment.queryRegistry(
                        "SELECT tenant FROM tenantry.tenant UNION ALL SELECT key FROM tenantry.drift_home"
                                + " UNION ALL SELECT tenant FROM tenantry.placement"))
                .containsExactly("globex");
        assertThat(rebuild("--prune").status()).as("without --yes").isEqualTo(2);
    }

    @Test
    void leavesAloneWhatMayBeAnotherDeployments() {
        deployment.execute("CREATE SCHEMA one; COMMENT ON SCHEMA one IS 'tenantry tenant=initech database=users';"
                + " CREATE SCHEMA three; COMMENT ON SCHEMA three IS 'tenantry tenant=initech database=sales'");

        CommandLineRun run = rebuild("--yes");

        assertThat(run.status()).isZero();
        assertThat(run.err())
                .contains("1 home marked for database users left alone")
                .contains("the first: schema one at server main")
                .contains("marked for database sales left alone");
        assertThat(deployment.queryRegistry(HOMES)).hasSize(2);
    }

    @Test
    void looksAtTheRegisteredPlaceFirstWhenTheConfigurationPutsNewHomesElsewhere() throws Exception {
        rebuild("--yes");
        deployment.executeInRegistry("UPDATE tenantry.tenant_home SET version = '7' WHERE tenant = 'acme'");
        deployment.with("databases.users.location", "other_{tenant}");

        CommandLineRun run = rebuild("--yes", "--prune");

        assertThat(run.status()).isZero();
        assertThat(run.lines())
                .containsExactly(
                        "version: acme, database users: main/users_acme: version 2, in the registry 7 - written");
        assertThat(run.err()).doesNotContain("marked for database users left alone");
        assertThat(deployment.queryRegistry(HOMES))
                .containsExactly("acme users users_acme 2", "globex users users_globex 1");
    }

    @Test
    void takesAHomeThatTwoNamesOfOneServerShowForOneHome() throws Exception {
        make("analytics", "acme", "latest");
        var main = Objects.requireNonNull(deployment.settings().servers().get("main"));
        deployment.with("servers.again.url", main.url());
        deployment.with("servers.again.user", main.user());
        deployment.with("servers.again.password", main.password().reveal());
        deployment.with("servers.again.max-connections", "4");

        CommandLineRun lost = rebuild("--yes");
        deployment.executeInRegistry("UPDATE tenantry.tenant_home SET server = 'again' WHERE tenant = 'globex'");
        CommandLineRun known = rebuild();

        assertThat(lost.out()).doesNotContain("also marked").doesNotContain("again/");
        assertThat(lost.lines()).hasSize(3);
        assertThat(known.lines()).isEmpty();
    }

    @Test
    void writesNothingAboutAHomeThatAnotherSessionWorksOn() throws Exception {
        try (HomeSession session = HomeSession.open(server, home("users", "acme"))) {
            assertThat(session.tryLock()).isPresent();

            CommandLineRun run = rebuild("--yes");

            assertThat(run.status()).isEqualTo(1);
            assertThat(run.out()).contains("unreadable: acme").contains("another session works on it now");
            assertThat(deployment.queryRegistry(HOMES)).containsExactly("globex users users_globex 1");
        }
        assertThat(rebuild("--yes").status()).isZero();
        assertThat(deployment.queryRegistry(HOMES)).hasSize(2);
    }

    @Test
    void waitsForALockOnOneHomeShortlyAndHoldsNoneOfAnotherHomeMeanwhile() throws Exception {
        deployment.with("worker.lock-timeout", "30s");
        try (Connection blocker = deployment.connect()) {
            blocker.setAutoCommit(false);
            Sql.execute(blocker, "LOCK TABLE users_globex.flyway_schema_history");
            CompletableFuture<CommandLineRun> run = CompletableFuture.supplyAsync(this::rebuild);
            String waiting = "SELECT pid FROM pg_locks WHERE NOT granted AND locktype = 'relation'";
            Await.until(
                    Duration.ofSeconds(30),
                    "it waits for the lock",
                    () -> !deployment.query(waiting).isEmpty());

            assertThat(deployment.query(
                            "SELECT l.relation::regclass FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
                                    + " WHERE l.granted AND l.pid IN (" + waiting
                                    + ") AND c.relnamespace = 'users_acme'::regnamespace"))
                    .isEmpty();
            blocker.rollback();
            assertThat(run.get(30, TimeUnit.SECONDS).lines()).hasSize(2);
        }
    }

    @Test
    void saysThatALockCouldNotBeHadInTime() throws Exception {
        try (Connection blocker = deployment.connect()) {
            blocker.setAutoCommit(false);
            Sql.execute(blocker, "LOCK TABLE users_acme.flyway_schema_history");

            CommandLineRun run = rebuild("--yes");

            assertThat(run.status()).isEqualTo(1);
            assertThat(run.out())
                    .contains("unreadable: acme")
                    .contains("lock timeout")
                    .contains("missing: globex");
            blocker.rollback();
        }
    }

    private CommandLineRun rebuild(String... options) {
        String[] arguments = new String[options.length + 2];
        arguments[0] = "registry";
        arguments[1] = "rebuild";
        System.arraycopy(options, 0, arguments, 2, options.length);
        return CommandLineRun.on(deployment, arguments);
    }

    private TenantHome home(String database, @Nullable String tenant) {
        return new TenantHome(
                tenant,
                database,
                "main",
                deployment.locationOf(database, String.valueOf(tenant)),
                settings(database).isolation());
    }

    private DatabaseSettings settings(String database) {
        return deployment.settings().databases().stream()
                .filter(one -> one.name().equals(database))
                .findFirst()
                .orElseThrow();
    }

    /** As a worker makes it, without a row in the registry. */
    private void make(String database, @Nullable String tenant, String target) throws Exception {
        TenantHome home = home(database, tenant);
        if (home.isolation() == Isolation.DATABASE) {
            deployment.executeAsWorker("CREATE DATABASE " + home.location());
            deployment.executeAsWorker(home.markSql());
        }
        var catalog = FlywayEngine.load(database, settings(database).migrations(), List.of(), server.dataSource());
        try (HomeSession session = HomeSession.open(server, home)) {
            LockedHome locked = session.tryLock().orElseThrow();
            if (locked.inspect() instanceof HomeState.Missing) {
                locked.create();
            }
            assertThat(new Migrator(catalog).migrate(locked, Target.of(target), new VersionTracker()))
                    .isInstanceOf(MigrationResult.Migrated.class);
        }
    }
}
