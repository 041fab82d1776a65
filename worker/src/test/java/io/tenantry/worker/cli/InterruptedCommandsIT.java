package io.tenantry.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.MigratedRegistry;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.PostgresServer;
import io.tenantry.worker.stack.Signal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Commands that end before their time because a signal asks them to. */
class InterruptedCommandsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String HOMES =
            "SELECT tenant FROM tenantry.tenant_home WHERE location IN ('users_one', 'users_two', 'users_three')";
    private static final String SESSIONS =
            "SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'tenantry cli%'";
    private static final String BLOCKED =
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE 'tenantry cli%'";
    private static final String SLEEPING =
            "SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(29)%' AND wait_event = 'PgSleep'";
    private static final String LEASES = "SELECT application_name FROM tenantry.worker";

    @RegisterExtension
    final MigratedRegistry control = new MigratedRegistry();

    private Deployment deployment;

    @BeforeEach
    void makeHomes() {
        deployment = control.deployment();
        deployment.with("worker.lock-timeout", "60s");
        for (String tenant : List.of("one", "three", "two")) {
            String schema = "users_" + tenant;
            deployment.executeAsWorker("CREATE SCHEMA " + schema + "; COMMENT ON SCHEMA " + schema
                    + " IS 'tenantry tenant=" + tenant + " database=users'; CREATE TABLE " + schema
                    + ".flyway_schema_history (installed_rank int PRIMARY KEY, version varchar(50), description varchar(200),"
                    + " type varchar(20), script varchar(1000), checksum int, installed_by varchar(100),"
                    + " installed_on timestamp DEFAULT now(), execution_time int, success boolean)");
        }
    }

    @Test
    void endAfterTheHomeThatTheyAreAtAndGiveTheLeaseBack() throws Exception {
        pausedRollout("release-7");
        try (Connection blocker = deployment.connect()) {
            blocker.setAutoCommit(false);
            Sql.execute(blocker, "LOCK TABLE users_three.flyway_schema_history");
            AppProcess patient = deployment.startCommand("registry", "rebuild", "--yes");
            AppProcess hasty = deployment.startCommand("registry", "rebuild");
            AppProcess watch = deployment.startCommand("rollout", "watch", "release-7");
            Await.until(
                    DEADLINE,
                    "both are at the second home",
                    () -> deployment.query(BLOCKED).size() == 2);
            watch.awaitOutput("release-7: paused");

            List.of(patient, hasty).forEach(process -> process.signal(Signal.INT));
            watch.signal(Signal.TERM);
            hasty.awaitOutput("another Ctrl-C ends it at once").signal(Signal.INT);

            assertThat(hasty.awaitExit()).isEqualTo(130);
            assertThat(watch.awaitExit()).isEqualTo(143);
            assertThat(watch.output())
                    .last()
                    .asString()
                    .contains(
                            "the watch has ended; the rollout goes on: look again with `tenantry rollout watch release-7");
            assertThat(deployment.queryRegistry(LEASES)).hasSize(2);
            patient.awaitOutput("another Ctrl-C ends it at once");
            blocker.rollback();
            assertThat(patient.awaitExit()).isEqualTo(130);
            assertThat(patient.output())
                    .contains("2 homes compared: 2 missing; 2 corrected")
                    .last()
                    .asString()
                    .startsWith("tenantry: interrupted after 2 of 3 homes; the others were not looked at.")
                    .contains("tenantry registry rebuild --config ")
                    .endsWith(" --yes");
        }
        assertThat(deployment.queryRegistry(HOMES)).containsExactlyInAnyOrder("one", "three");
        assertThat(deployment.queryRegistry(LEASES))
                .as("of the one that was ended at once")
                .hasSize(1);
        Await.until(
                DEADLINE, "no session is left", () -> deployment.query(SESSIONS).isEmpty());
    }

    @Test
    void doNothingIfTheyAreInterruptedWhileTheyWaitForAConnection() {
        deployment.executeInRegistry("INSERT INTO tenantry.tenant (tenant) VALUES ('one'); INSERT INTO"
                + " tenantry.tenant_home (tenant, database, server, location, version) VALUES"
                + " ('one', 'users', 'main', 'users_one', '1')");

        CommandLineRun dry = CommandLineRun.interruptedOn(deployment, "migrate", "one", "--dry-run", "--json");
        CommandLineRun rebuild = CommandLineRun.interruptedOn(deployment, "registry", "rebuild", "--yes");

        for (CommandLineRun run : List.of(dry, rebuild)) {
            assertThat(run.status()).isEqualTo(130);
            assertThat(run.err()).contains("interrupted while waiting for a connection; nothing was done");
        }
        assertThat(dry.json().get(0).at("/error").asText()).isEqualTo("interrupted");
        assertThat(rebuild.out()).isEmpty();
        assertThat(deployment.queryRegistry(HOMES)).containsExactly("one");
        assertThat(deployment.queryRegistry(LEASES)).isEmpty();
    }

    /** Without a registry there is no lease that must be given back. */
    @Test
    void verifyDropsItsScratchPlaceAndTheNextRunThatOfAKilledOne(@TempDir Path folder) throws Exception {
        Path waits = verifySettings(folder, "schema");
        Path killed = verifySettings(folder, "database");
        Path junit = folder.resolve("verify.xml");
        AppProcess patient = deployment.startCommand(waits, "verify", "--junit", junit.toString());
        AppProcess dead = deployment.startProcess("verify", killed);
        AppProcess interrupted = deployment.startProcess("verify", waits);
        Await.until(
                DEADLINE,
                "all are at the script",
                () -> deployment.query(SLEEPING).size() == 3);
        List<String> left = deployment.query(
                "SELECT datname FROM pg_stat_activity WHERE query LIKE '%pg_sleep(29)%' AND datname LIKE 'tenantry_scratch%'");

        dead.close();
        patient.signal(Signal.TERM);
        interrupted.signal(Signal.INT);

        assertThat(patient.awaitExit()).isEqualTo(143);
        assertThat(interrupted.awaitExit()).as("Ctrl-C").isEqualTo(130);
        assertThat(List.of(patient, interrupted))
                .allSatisfy(process -> assertThat(process.output())
                        .last()
                        .asString()
                        .contains("interrupted while the migrations of database users on server main were tried;"
                                + " what was made for the trial is dropped. Verified before: nothing"));
        assertThat(junit)
                .as("a file without a failure would look as if all was tried")
                .content()
                .contains(
                        "failures=\"1\"",
                        "name=\"not-tried\"",
                        "message=\"interrupted while the migrations of database");
        assertThat(deployment.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenantry_scratch%'"))
                .isEmpty();
        // The server notices the end of a client after the statement.
        deployment.query(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '" + left.get(0) + "'");
        Files.writeString(folder.resolve("database/V1__wait.sql"), "SELECT 1;");
        CommandLineRun next = CommandLineRun.of(CommandLineRun.product(), "verify", "--config", killed.toString());
        assertThat(next.status()).as(next.out()).isZero();
        assertThat(deployment.query("SELECT datname FROM pg_database WHERE datname = '" + left.get(0) + "'"))
                .isEmpty();
    }

    private Path verifySettings(Path folder, String isolation) throws Exception {
        Path migrations = Files.createDirectories(folder.resolve(isolation));
        Files.writeString(migrations.resolve("V1__wait.sql"), "SELECT pg_sleep(29);");
        PostgresServer postgres = deployment.stack().postgres();
        return Files.writeString(folder.resolve(isolation + ".yaml"), """
                servers:
                  main: {url: '%s', user: %s, password: %s}
                databases:
                  users: {server: main, isolation: %s, location: "tenant_{tenant}", migrations: 'filesystem:%s'}
                """.formatted(
                        postgres.jdbcUrl(deployment.tenantDatabase()),
                        postgres.user(),
                        postgres.password(),
                        isolation,
                        migrations));
    }

    private void pausedRollout(String name) {
        RolloutRequested start = new RolloutRequested(name, List.of(), "latest", List.of(), HaltRule.FIRST_FAILURE);
        String json = new String(new EventCodec().encodeData(start), StandardCharsets.UTF_8);
        deployment.executeInRegistry(
                "INSERT INTO tenantry.rollout (rollout, group_id, partition, state, request, verb_id, verb_source,"
                        + " concurrency, wave, max_failures, started_at) VALUES ('" + name
                        + "', 'fleet', 0, 'paused', '"
                        + json + "', 'v', '/t', 32, 1, 0, now());"
                        + " INSERT INTO tenantry.rollout_wave (rollout, wave, members, completed, failed, started_at)"
                        + " VALUES ('" + name + "', 1, 9, 0, 0, now())");
    }
}
