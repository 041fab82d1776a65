package io.tenantry.worker.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.scenario.MigratedRegistry;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code status}, {@code tenants} and {@code tenant}: what the registry has, in the words of an operator. */
class FleetCommandsIT {
    private static final ResultError LOCKED = new ResultError(
            ErrorCode.MIGRATION_FAILED, "column \"a\" exists\u001b[2J", "42701", "V3__add_a.sql", 7, "ALTER TABLE x");

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    private int offset;

    /** Three tenants of two workers' group, one of them two versions back. */
    @BeforeEach
    void register() {
        String group = control.deployment().settings().kafka().groupId();
        control.deployment()
                .executeInRegistry(
                        "INSERT INTO tenantry.tenant (tenant, attributes) VALUES ('acme', '{\"plan\": \"free\"}'),"
                                + " ('beta', '{\"plan\": \"paid\"}'), ('gamma', '{}'), ('homeless', '{}');"
                                + "INSERT INTO tenantry.tenant_home (tenant, database, server, location, version, fingerprint_seen)"
                                + " VALUES ('acme', 'users', 'main', 'users_acme', '10', 'f10'),"
                                + " ('beta', 'users', 'main', 'users_beta', '9', 'f9'),"
                                + " ('beta', 'files', 'main', 'files_beta', '2', 'other'),"
                                + " ('gamma', 'users', 'main', 'users_gamma', '10', NULL),"
                                + " ('gamma', 'files', 'main', 'files_gamma', '3', 'f3');"
                                + "INSERT INTO tenantry.shared_database (database, server, location, version, fingerprint_seen) VALUES"
                                + " ('billing', 'main', 'billing', '4', 'f4');"
                                + "UPDATE tenantry.tenant_home SET observed_at = now(), fingerprint_seen_at = now();"
                                + "UPDATE tenantry.shared_database SET observed_at = now(), fingerprint_seen_at = now();"
                                + "INSERT INTO tenantry.worker (group_id, application_name, expires_at, fenced) VALUES ('"
                                + group
                                + "', 'tenantry w1', now() + interval '1 hour', false), ('" + group
                                + "', 'tenantry w2', now() - interval '1 hour', false), ('" + group
                                + "', 'tenantry w0', now(), true);"
                                + "INSERT INTO tenantry.connection_lease VALUES ('" + group
                                + "', 'tenantry w1', 'main', 16, 9);"
                                + "INSERT INTO tenantry.worker_catalog VALUES ('" + group
                                + "', 'tenantry w1', 'users', '10', '{\"9\": \"f9\", \"10\": \"f10\"}'), ('" + group
                                + "', 'tenantry w1', 'files', '2', '{\"2\": \"f2\"}'), ('" + group
                                + "', 'tenantry w2', 'users', '9', '{\"9\": \"f9\"}')");
    }

    @Test
    void countsTenantsByVersionAndByHowTheyStandToTheWorkersMigrations() throws SQLException {
        settle(failed("beta", EventType.MIGRATION_REQUESTED));

        CommandLineRun status = CommandLineRun.on(control.deployment(), "status");

        assertThat(status.status()).isZero();
        assertThat(status.lines())
                .containsExactly(
                        "4 tenants, 1 failed, 2 homes behind, 0 in flight by rollouts",
                        "",
                        "DATABASE  VERSION  TENANTS  STATE       NEWEST",
                        "files           3        1  ahead            2",
                        "files           2        1  behind           2",
                        "users          10        1  current         10",
                        "users          10        1  unverified      10",
                        "users           9        1  behind          10",
                        "",
                        "SHARED DATABASE  VERSION  STATE    NEWEST  LAST REQUEST",
                        "billing                4  unknown  -       -",
                        "",
                        "WORKER  STATE    CONNECTIONS  NEWEST MIGRATIONS",
                        "w1      live     main 9       files 2, users 10",
                        "w2      expired  -            users 9",
                        "w0      fenced   -            -");
        assertThat(status.err()).contains("tenantry tenants --failed", "tenantry tenants --behind");
        JsonNode json = CommandLineRun.on(control.deployment(), "status", "--json")
                .json()
                .get(0);
        assertThat(json.at("/failed").asInt()).isEqualTo(1);
        assertThat(json.at("/homes/0/state").asText()).isEqualTo("ahead");
        assertThat(json.at("/workers/0/connections/main").asInt()).isEqualTo(9);
        assertThat(json.has("checks")).as("not asked for").isFalse();
    }

    @Test
    void measuresTheLimitsOfTheServersWhenItIsAskedTo() {
        control.deployment().with("databases.users.max-tenants", "3");
        control.deployment()
                .executeInRegistry("INSERT INTO tenantry.tenant VALUES ('left'); INSERT INTO tenantry.tenant_home"
                        + " (tenant, database, server, location) VALUES ('left', 'users', 'gone', 'users_left')");

        CommandLineRun status = CommandLineRun.on(control.deployment(), "status", "--checks");
        JsonNode json = CommandLineRun.on(control.deployment(), "status", "--checks", "--json")
                .json()
                .get(0);

        assertThat(status.status()).as("a limit that is near is no failure").isZero();
        assertThat(status.lines())
                .containsSequence(
                        "LIMITS",
                        "warn     main: tenants of database users: 3 tenants; limit: 3",
                        "         raise max-tenants, or add a server to databases.users.servers: signups that find all"
                                + " servers full fail with tenant-limit",
                        "warn     gone: tenants of database users: 1 tenant; the server is not in the configuration, so"
                                + " their requests fail with unknown-database",
                        "         configure servers.gone, or tenants forget those that are gone")
                .contains("ok       main: hand-made-tables: none")
                .anyMatch(line -> line.startsWith("ok       main: connections: ")
                        && line.contains(" of the registry (1 worker), the same PostgreSQL; limit: "));
        assertThat(json.at("/checks")).hasSize(9);
        assertThat(json.at("/checks/0/level").asText()).isEqualTo("warn");
        assertThat(json.at("/checks/2/check").asText()).isEqualTo("catalog-bloat");
        assertThat(control.deployment().queryRegistry("SELECT count(*) FROM tenantry.connection_lease"))
                .as("only that of the worker is left")
                .containsExactly("1");
    }

    /** A command that opens connections to servers has a lease, and the role may only read. */
    @Test
    void aLeaseThatTheRegistryRefusesEndsTheCommand() {
        ServerSettings worker =
                Objects.requireNonNull(control.deployment().settings().servers().get("main"));
        control.deployment()
                .executeInRegistry(
                        "GRANT CONNECT ON DATABASE \"" + control.deployment().controlDatabase() + "\" TO "
                                + worker.user() + "; GRANT USAGE ON SCHEMA tenantry TO " + worker.user()
                                + "; GRANT SELECT ON ALL TABLES IN SCHEMA tenantry TO " + worker.user());
        control.deployment()
                .with("registry.user", worker.user())
                .with("registry.password", worker.password().reveal());

        CommandLineRun rebuild = CommandLineRun.on(control.deployment(), "registry", "rebuild");

        assertThat(rebuild.status()).isEqualTo(1);
        assertThat(rebuild.out()).isEmpty();
        assertThat(rebuild.err())
                .contains("the registry refuses a lease of a connection", "permission denied", "nothing was done")
                .contains("use a role with the workers' rights in the registry");
    }

    @Test
    void listsTheHomesThatAreMeant() {
        assertThat(tenants())
                .containsExactly("acme users", "beta files", "beta users", "gamma files", "gamma users", "homeless");
        assertThat(tenants("--behind")).containsExactly("beta files", "beta users");
        assertThat(tenants("--behind", "--database", "users")).containsExactly("beta users");
        assertThat(tenants("--version", "10")).containsExactly("acme users", "gamma users");
        assertThat(tenants("--attribute", "plan=paid", "--database", "files")).containsExactly("beta files");
        assertThat(tenants("--attribute", "plan=none")).isEmpty();
        assertThat(tenants("--failed")).isEmpty();
    }

    @Test
    void tellsOfHomesThatHaveDrifted() {
        assertThat(tenants("--drifted")).isEmpty();
        control.deployment()
                .executeInRegistry("INSERT INTO tenantry.drift_home (shared, key, database, state, since) VALUES"
                        + " (false, 'beta', 'users', 'drifted', '2026-11-27 10:00Z'), (false, 'acme', 'users', 'clean', NULL),"
                        + " (true, 'billing', 'billing', 'unreadable', now())");

        assertThat(tenants("--drifted")).containsExactly("beta users");
        assertThat(tenants("--drifted", "--behind", "--database", "files")).isEmpty();
        CommandLineRun status = CommandLineRun.on(control.deployment(), "status");
        assertThat(status.err()).contains("2 homes differ from what the migrations make", "tenants --drifted");
        JsonNode json = CommandLineRun.on(control.deployment(), "status", "--json")
                .json()
                .get(0);
        assertThat(json.at("/drifted").asInt()).isEqualTo(2);
        assertThat(json.at("/sharedDatabases/0/driftedSince").asText()).isNotEmpty();
        assertThat(CommandLineRun.on(control.deployment(), "tenant", "beta").out())
                .contains("users differs from what its migrations make, since", "drift --tenant beta")
                .doesNotContain("files differs");
    }

    @Test
    void aTenantIsFailedIfTheLastOfItsRequestsThatWasNotSkippedFailed() throws SQLException {
        settle(failed("acme", EventType.MIGRATION_REQUESTED));
        settle(result("acme", null, EventType.MIGRATION_REQUESTED, Outcome.SKIPPED, null));
        settle(failed("beta", EventType.MIGRATION_REQUESTED));
        settle(result("beta", null, EventType.MIGRATION_REQUESTED, Outcome.COMPLETED, null));
        settle(failed("new", EventType.TENANT_CREATED));

        CommandLineRun failed = CommandLineRun.on(control.deployment(), "tenants", "--failed");

        assertThat(failed.lines()).hasSize(3);
        assertThat(failed.lines().get(1))
                .startsWith("acme")
                .contains(
                        "users",
                        "migration-failed",
                        "V3__add_a.sql, line 7, SQLSTATE 42701: column \"a\" exists\\u001b[2J");
        assertThat(failed.lines().get(2)).startsWith("new").contains("not registered");
    }

    /** The keys of the ledger are names of tenants and of shared databases. */
    @Test
    void aSharedDatabaseIsNotTakenForATenantOfItsName() throws SQLException {
        settle(failed(null, "acme", EventType.MIGRATION_REQUESTED));
        settle(failed(null, "billing", EventType.MIGRATION_REQUESTED));

        assertThat(tenants("--failed")).isEmpty();
        assertThat(CommandLineRun.on(control.deployment(), "tenant", "acme").out())
                .contains("The ledger has no request of this tenant.");
        assertThat(CommandLineRun.on(control.deployment(), "status").out()).containsPattern("billing .* failed");
    }

    @Test
    void showsATenantWithItsRequestsNewestFirst() throws SQLException {
        settle(result("beta", null, EventType.TENANT_CREATED, Outcome.COMPLETED, null));
        settle(failed("beta", EventType.MIGRATION_REQUESTED));

        CommandLineRun tenant = CommandLineRun.on(control.deployment(), "tenant", "beta");

        assertThat(tenant.status()).isZero();
        assertThat(tenant.lines().get(0)).isEqualTo("beta");
        assertThat(tenant.out())
                .contains(
                        "attributes plan=paid",
                        "users_beta",
                        "users: completed, - -> 9, applied 9, 1s",
                        ErrorCode.MIGRATION_FAILED.advice())
                .containsSubsequence("migration  failed", "onboarding  completed");
        JsonNode json = CommandLineRun.on(control.deployment(), "tenant", "beta", "--json", "--requests", "1")
                .json()
                .get(0);
        assertThat(json.at("/homes")).hasSize(2);
        assertThat(json.at("/requests")).hasSize(1);
        assertThat(json.at("/requests/0/error/code").asText()).isEqualTo("migration-failed");
    }

    @Test
    void saysThatATenantIsUnknown() {
        CommandLineRun tenant = CommandLineRun.on(control.deployment(), "tenant", "nobody");

        assertThat(tenant.status()).isEqualTo(1);
        assertThat(tenant.out()).isEmpty();
        assertThat(tenant.err()).contains("nobody", "tenantry tenants").hasLineCount(1);
    }

    @Test
    void asksForAWorkerOfThisReleaseIfTheTablesAreOlderOrMissing() {
        control.deployment().executeInRegistry("DELETE FROM tenantry.flyway_schema_history WHERE version::int > 8");
        CommandLineRun older = CommandLineRun.on(control.deployment(), "status");
        control.deployment().executeInRegistry("DROP SCHEMA tenantry CASCADE");
        CommandLineRun missing = CommandLineRun.on(control.deployment(), "status");

        assertThat(List.of(older, missing)).allSatisfy(run -> {
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.err())
                    .contains("start a worker of this release first")
                    .hasLineCount(1);
        });
        assertThat(control.deployment().queryRegistry("SELECT to_regnamespace('tenantry') IS NULL"))
                .containsExactly("t");
    }

    @Test
    void saysWhichRegistryCannotBeReachedAndNotItsPassword() {
        control.deployment().with("registry.url", "jdbc:postgresql://127.0.0.1:1/nowhere");
        control.deployment().with("registry.password", "hidden-password");

        CommandLineRun status = CommandLineRun.on(control.deployment(), "status", "--json");

        assertThat(status.status()).isEqualTo(1);
        assertThat(status.err())
                .contains("jdbc:postgresql://127.0.0.1:1/nowhere", "registry.url")
                .doesNotContain("hidden-password")
                .hasLineCount(1);
        assertThat(status.json()).singleElement().satisfies(line -> {
            assertThat(line.at("/error").asText()).isEqualTo("failed");
            assertThat(line.at("/status").asInt()).isEqualTo(1);
            assertThat("tenantry: " + line.at("/message").asText() + "\n").isEqualTo(status.err());
        });
    }

    @Test
    void checksTheSettingsWithoutServersAndThenWhatTheyName() {
        control.deployment().executeInRegistry("DELETE FROM tenantry.worker");

        CommandLineRun local = CommandLineRun.on(control.deployment(), "config", "check");
        CommandLineRun noTopics = CommandLineRun.on(control.deployment(), "config", "check", "--connect");
        control.deployment().withTopics();
        CommandLineRun good = CommandLineRun.on(control.deployment(), "config", "check", "--connect", "--json");
        CommandLineRun verified = CommandLineRun.on(control.deployment(), "verify");
        control.deployment().executeInRegistry("DROP SCHEMA tenantry CASCADE");
        CommandLineRun verifiedBesideTheCap = CommandLineRun.on(control.deployment(), "verify");
        // A connection to the server would show as a fault.
        control.deployment().with("servers.main.password", "hidden-password");
        control.deployment().with("servers.main.url", "jdbc:postgresql://127.0.0.1:1/nowhere");
        CommandLineRun noLease = CommandLineRun.on(control.deployment(), "config", "check", "--connect");
        control.deployment().with("registry.url", "jdbc:postgresql://127.0.0.1:1/nowhere");
        CommandLineRun away = CommandLineRun.on(control.deployment(), "config", "check", "--connect");
        control.deployment().with("databases.users.migrations", "filesystem:/no/such/folder");
        CommandLineRun noFolder = CommandLineRun.on(control.deployment(), "config", "check");

        assertThat(local.status()).as(local.err()).isZero();
        assertThat(noTopics.status()).isEqualTo(1);
        assertThat(noTopics.lines())
                .hasSize(9)
                .allMatch(line -> line.contains("does not exist") && line.contains("`tenantry topics --config "));
        assertThat(good.status()).as(good.out()).isZero();
        assertThat(good.out()).isEqualTo("{\"usable\":true,\"asked\":true,\"faults\":[],\"unchecked\":[]}\n");
        assertThat(verified.status()).as(verified.out()).isZero();
        assertThat(verified.err()).doesNotContain("beside the workers' share");
        assertThat(verifiedBesideTheCap.out()).isEqualTo(verified.out());
        assertThat(verifiedBesideTheCap.err())
                .contains("the registry has no tables of this release: one connection of each server is used beside");
        assertThat(noLease.status()).isZero();
        assertThat(noLease.out()).doesNotContain("what they name");
        assertThat(noLease.err())
                .contains("registry: its database has no tables of Tenantry")
                .contains("not checked: server main: a connection there needs a lease")
                .doesNotContain("hidden-password");
        assertThat(away.status()).isEqualTo(1);
        assertThat(away.out()).contains("registry.url").doesNotContain("servers.main");
        assertThat(away.err()).contains("not checked: server main");
        assertThat(noFolder.status()).isEqualTo(2);
        assertThat(noFolder.out()).contains("databases.users.migrations", "/no/such/folder");
        assertThat(control.deployment()
                        .query(
                                "postgres",
                                "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'tenantry%cli%' AND datname = '"
                                        + control.deployment().tenantDatabase() + "'"))
                .isEmpty();
    }

    private List<String> tenants(String... options) {
        String[] arguments = new String[options.length + 1];
        arguments[0] = "tenants";
        System.arraycopy(options, 0, arguments, 1, options.length);
        CommandLineRun tenants = CommandLineRun.on(control.deployment(), arguments);
        assertThat(tenants.status()).as(tenants.err()).isZero();
        return tenants.lines().stream()
                .skip(1)
                .map(line -> String.join(" ", List.of(line.split(" +")).subList(0, 2))
                        .replace(" -", ""))
                .toList();
    }

    private TenantResult failed(String tenant, EventType request) {
        return failed(tenant, null, request);
    }

    private TenantResult failed(@Nullable String tenant, @Nullable String shared, EventType request) {
        return result(tenant, shared, request, Outcome.FAILED, LOCKED);
    }

    private TenantResult result(
            @Nullable String tenant,
            @Nullable String shared,
            EventType request,
            Outcome outcome,
            @Nullable ResultError error) {
        offset++;
        return new TenantResult(
                tenant,
                shared,
                new RequestRef(
                        "id-" + offset, "/test", request.type(), request.topic().baseName(), 0, offset),
                null,
                outcome,
                error,
                List.of(new DatabaseResult(
                        "users",
                        "main",
                        "users_x",
                        outcome,
                        null,
                        outcome == Outcome.COMPLETED ? "9" : null,
                        outcome == Outcome.COMPLETED ? List.of("9") : List.of(),
                        1000,
                        error)),
                1,
                "w1",
                Instant.EPOCH,
                Instant.EPOCH.plusSeconds(offset));
    }

    private void settle(TenantResult result) throws SQLException {
        EventType type = switch (result.outcome()) {
            case FAILED ->
                result.request().type().equals(EventType.TENANT_CREATED.type())
                        ? EventType.ONBOARDING_FAILED
                        : EventType.MIGRATION_FAILED;
            case SKIPPED -> EventType.MIGRATION_SKIPPED;
            case COMPLETED, UP_TO_DATE, NOT_ATTEMPTED ->
                result.request().type().equals(EventType.TENANT_CREATED.type())
                        ? EventType.TENANT_ONBOARDED
                        : EventType.MIGRATION_COMPLETED;
        };
        control.registry()
                .settle(
                        List.of(new LedgerEntry(
                                result.request(),
                                new EventCodec()
                                        .encode(new Event<>(
                                                UUID.randomUUID().toString(),
                                                "/tenantry",
                                                type,
                                                result.finishedAt(),
                                                null,
                                                result)))),
                        List.of(),
                        List.of());
    }
}
