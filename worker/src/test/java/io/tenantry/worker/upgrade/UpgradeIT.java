package io.tenantry.worker.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.ops.MetricNames;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.DriftEvents;
import io.tenantry.worker.scenario.MetricsTable;
import io.tenantry.worker.scenario.RegisteredHomes;
import io.tenantry.worker.scenario.Results;
import io.tenantry.worker.scenario.RunningWorker;
import io.tenantry.worker.scenario.Scrape;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.FreePort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Order(7)
class UpgradeIT {
    private Deployment deployment;
    private RunningWorker worker;

    /** Onboards acme at version 2 of both databases. */
    @BeforeEach
    void onboard() {
        deployment =
                Deployment.create().with("worker.unknown-tenant-grace", "1s").with("worker.unknown-target-grace", "1s");
        deployment.database("users").withTwoTables();
        deployment.database("analytics").withTwoTables();
        deployment.withTopics();
        worker = deployment.startWorker();
        deployment.results().data(deployment.events().signUp("acme"));
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void bringsTheTenantToTheNewestVersion() throws IOException {
        int port = FreePort.pick();
        deployment.with("http.port", Integer.toString(port)).with("databases.users.max-tenants", "1000");
        worker.stop();
        deployment
                .database("users")
                .with("V3__a.sql", "CREATE TABLE a (id int);")
                .with("V4__b.sql", "CREATE TABLE b (id int);");
        worker = deployment.startWorkerThatSamplesAll();

        Event<?> event = upgradedBeforeItIsCompared(port);

        assertThat(event.type()).isEqualTo(EventType.MIGRATION_COMPLETED);
        TenantResult result = (TenantResult) event.data();
        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(home(result, "users").from()).isEqualTo("2");
        assertThat(home(result, "users").to()).isEqualTo("4");
        assertThat(home(result, "users").applied()).containsExactly("3", "4");
        assertThat(home(result, "analytics").outcome()).isEqualTo(Outcome.UP_TO_DATE);
        assertThat(deployment.queryRegistry("SELECT version FROM tenantry.tenant_home WHERE database = 'users'"))
                .containsExactly("4");
        assertThat(RegisteredHomes.of(deployment)).containsExactly("acme analytics 2 known", "acme users 4 known");
        theMetricsAreThoseOfTheTable(port);
        assertThat(RegisteredHomes.of(deployment))
                .as("after a failure")
                .contains("acme analytics 2 known", "acme users 4 unknown");
        aDriftIsPublished(port);
    }

    /** By default a sample of the homes that were upgraded is compared, and no result waits for that. */
    private Event<?> upgradedBeforeItIsCompared(int port) {
        deployment.execute("ALTER TABLE users_acme.account ADD by_hand int");
        Event<?> event;
        try (Connection registry = deployment.connectToRegistry()) {
            registry.setAutoCommit(false);
            execute(registry, "LOCK TABLE tenantry.drift_home");
            event = deployment.results().of(deployment.events().migrate("acme", "latest"));
            List<String> looks = Sql.query(
                    registry,
                    "SELECT state FROM tenantry.drift_home WHERE checked_at IS NOT NULL",
                    row -> row.getString(1));
            assertThat(looks).as("what a look has found cannot be written yet").isEmpty();
            registry.commit();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
        String checked = "tenantry_drift_checks_total{database=\"%s\",outcome=\"%s\"} %s";
        Await.until(
                Duration.ofSeconds(30),
                "the home that was upgraded is compared",
                () -> Scrape.of(port).text().contains(checked.formatted("users", "drifted", 1)));
        assertThat(Scrape.of(port).text())
                .as("the other one had nothing to do")
                .contains(checked.formatted("analytics", "clean", 0));
        return event;
    }

    /** A sample or the command writes to the registry, and a worker of the group publishes. */
    private void aDriftIsPublished(int port) {
        deployment.execute("ALTER TABLE users_acme.account DROP by_hand");
        assertThat(CommandLineRun.on(deployment, "drift", "--tenant", "acme").status())
                .isZero();
        try (DriftEvents drift = new DriftEvents(deployment.settings().kafka())) {
            Await.until(
                    Duration.ofSeconds(30),
                    "two events of drift are published",
                    () -> drift.all().size() == 2);
            List<String> events = drift.all().stream()
                    .map(one -> one.type().fileName() + " " + one.data().key() + " "
                            + one.data().version() + " "
                            + one.data().differences().stream()
                                    .map(difference -> difference.change() + " " + difference.object())
                                    .toList())
                    .toList();
            assertThat(events)
                    .containsExactly("tenant-drifted acme 4 [EXTRA account.by_hand]", "tenant-drift-cleared acme 4 []");
        }
        Await.until(
                Duration.ofSeconds(30),
                "the events are counted",
                () -> Scrape.of(port).text().contains("tenantry_drift_events_total{type=\"tenant-drift-cleared\"} 1"));
    }

    /** This worker has begun with a registry that had tenants, and has done an upgrade. */
    private void theMetricsAreThoseOfTheTable(int port) throws IOException {
        deployment.results().data(deployment.events().signUp("other"));
        error(deployment.results().data(deployment.events().migrate("acme", "1")));
        error(deployment
                .results()
                .data(deployment.events().publish(new TenantCreated("third", List.of("no"), Map.of()))));
        deployment.events().raw("tenant.created", "acme", "no event".getBytes(StandardCharsets.UTF_8), Map.of());
        deployment.results().awaitDeadLetters(1);
        // The pauses of the garbage collection are there from the first one on.
        System.gc();
        MetricsTable table = new MetricsTable();
        Await.until(
                Duration.ofSeconds(30),
                "/metrics is as in ops/README.md, and has what alerts and dashboard use",
                () -> {
                    Scrape live = Scrape.of(port);
                    List<String> differences = new ArrayList<>(table.differences(live));
                    differences.addAll(MetricNames.faults(live.text()));
                    if (!differences.isEmpty()) {
                        throw new IllegalStateException(String.join("\n", differences));
                    }
                    return true;
                });
        String scrape = Scrape.of(port).text();
        assertThat(scrape)
                .contains("tenantry_migrations_total{database=\"users\",way=\"plan\"} 6")
                .contains("tenantry_migrations_total{database=\"analytics\",way=\"plan\"} 2")
                .contains("tenantry_migrations_total{database=\"users\",way=\"template\"} 0")
                .contains("tenantry_settling_seconds_count 4")
                .contains("tenantry_queueing_seconds_count{type=\"created\"} 2")
                .contains("tenantry_queueing_seconds_count{type=\"migration\"} 2")
                .contains("tenantry_tenants{database=\"users\",version=\"2\"} 1");
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "metrics.txt"), scrape);
    }

    @Test
    void stopsAtTheTargetVersion() {
        release("V3__a.sql", "CREATE TABLE a (id int);", "V4__b.sql", "CREATE TABLE b (id int);");

        TenantResult result = deployment
                .results()
                .data(deployment
                        .events()
                        .publish(new MigrationRequested(
                                "acme", null, List.of(), "latest", null, 1, Map.of("users", "3", "elsewhere", "9"))));

        assertThat(home(result, "users").to()).isEqualTo("3");
        assertThat(home(result, "analytics").to()).isEqualTo("2");
        assertThat(RegisteredHomes.of(deployment)).containsExactly("acme analytics 2 known", "acme users 3 known");
        assertThat(tablesOf("users_acme")).contains("a").doesNotContain("b");
    }

    @Test
    void tellsWhereAMigrationFailedAndLeavesNothingOfIt() {
        release(
                "V3__good.sql",
                "CREATE TABLE good (id int);",
                "V4__bad.sql",
                "CREATE TABLE half (id int);\n\nINSERT INTO account VALUES (1, NULL);");

        Event<?> event = deployment.results().of(deployment.events().migrate("acme", "latest", "users"));

        assertThat(event.type()).isEqualTo(EventType.MIGRATION_FAILED);
        TenantResult result = (TenantResult) event.data();
        ResultError error = error(result);
        assertThat(error.code()).isEqualTo(ErrorCode.MIGRATION_FAILED);
        assertThat(error.migration()).isEqualTo("V4__bad.sql");
        assertThat(error.line()).isEqualTo(3);
        assertThat(error.statement()).isEqualTo("INSERT INTO account VALUES (1, NULL)");
        assertThat(error.sqlState()).isEqualTo("23502");
        assertThat(error.message()).contains("null value in column \"name\"");
        assertThat(home(result, "users").to()).isEqualTo("3");
        assertThat(home(result, "users").applied()).containsExactly("3");
        assertThat(tablesOf("users_acme")).contains("good").doesNotContain("half");
    }

    @Test
    void aScriptThatRaisesTheCodeOfAServerThatIsAwayFailsAndPausesNobody() {
        release("V3__lies.sql", "DO $$ BEGIN RAISE EXCEPTION 'starting up' USING ERRCODE = '57P03'; END $$;");

        TenantResult result = deployment.results().data(deployment.events().migrate("acme", "latest", "users"));

        assertThat(error(result).code()).isEqualTo(ErrorCode.MIGRATION_FAILED);
        assertThat(error(result).sqlState()).isEqualTo("57P03");
        assertThat(error(result).migration()).isEqualTo("V3__lies.sql");
    }

    @Test
    void aSignupDoesNotMoveATenantWhoseServerLeftTheConfiguration() {
        deployment.executeInRegistry("UPDATE tenantry.tenant_home SET server = 'gone' WHERE database = 'users'");

        TenantResult result = deployment.results().data(deployment.events().signUp("acme"));

        assertThat(error(result).code()).isEqualTo(ErrorCode.UNKNOWN_DATABASE);
        assertThat(error(result).message()).contains("server gone");
        assertThat(deployment.queryRegistry("SELECT server FROM tenantry.tenant_home WHERE database = 'users'"))
                .containsExactly("gone");
    }

    @Test
    void aFailureInTheSecondDatabaseLeavesTheFirstDoneAndTheTenantGoesOn() {
        deployment.database("analytics").with("V3__bad.sql", "SELECT 1 / 0;");
        release("V3__a.sql", "CREATE TABLE a (id int);");

        TenantResult failed = deployment.results().data(deployment.events().migrate("acme", "latest"));
        TenantResult next = deployment.results().data(deployment.events().migrate("acme", "latest", "users"));

        assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(home(failed, "users").outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(home(failed, "analytics").outcome()).isEqualTo(Outcome.FAILED);
        assertThat(error(failed).sqlState()).isEqualTo("22012");
        assertThat(next.outcome()).isEqualTo(Outcome.UP_TO_DATE);
    }

    @Test
    void aFailureInTheFirstDatabaseLeavesTheSecondUntouched() {
        deployment.database("analytics").with("V3__a.sql", "CREATE TABLE a (id int);");
        release("V3__bad.sql", "SELECT 1 / 0;");

        TenantResult failed = deployment.results().data(deployment.events().migrate("acme", "latest"));

        assertThat(home(failed, "analytics").outcome()).isEqualTo(Outcome.NOT_ATTEMPTED);
        assertThat(tablesOf("analytics_acme")).doesNotContain("a");
    }

    @Test
    void migratesATenantThatIsOnboardedWhileItWaits() {
        worker.stop();
        deployment.with("worker.unknown-tenant-grace", "60s");
        deployment.startWorker();
        String migration = deployment.events().migrate("late", "latest");
        // It has been looked at, and waits.
        String other = deployment.events().migrate("acme", "latest");
        deployment.results().data(other);

        deployment.events().signUp("late");

        assertThat(deployment.results().data(migration).outcome()).isEqualTo(Outcome.UP_TO_DATE);
    }

    @Test
    void migratesAHomeThatIsMadeWhileItWaits() {
        worker.stop();
        deployment.with("worker.unknown-tenant-grace", "60s");
        deployment.startWorker();
        deployment.results().data(deployment.events().publish(new TenantCreated("late", List.of("users"), Map.of())));
        String migration = deployment.events().migrate("late", "latest", "analytics");
        deployment.results().data(deployment.events().migrate("acme", "latest"));

        deployment.events().publish(new TenantCreated("late", List.of("analytics"), Map.of()));

        assertThat(deployment.results().data(migration).outcome()).isEqualTo(Outcome.UP_TO_DATE);
    }

    @Test
    void aMigrationOfAllHomesKnowsTheOneThatTheRequestBeforeItMade() throws Exception {
        deployment.results().data(deployment.events().publish(new TenantCreated("two", List.of("users"), Map.of())));
        String migration;
        try (Connection registry = deployment.connectToRegistry()) {
            registry.setAutoCommit(false);
            execute(registry, "LOCK TABLE tenantry.tenant_home IN SHARE MODE");
            deployment.events().publish(new TenantCreated("two", List.of("analytics"), Map.of()));
            Await.until(
                    Duration.ofSeconds(30),
                    "the second home is there, and waits to be registered",
                    () -> !deployment
                            .queryRegistry("SELECT pid FROM pg_locks WHERE NOT granted AND relation ="
                                    + " 'tenantry.tenant_home'::regclass")
                            .isEmpty());
            migration = deployment.events().migrate("two", "latest");
            // A worker that does not wait has looked the tenant up by then.
            Thread.sleep(500);
            registry.rollback();
        }

        assertThat(deployment.results().data(migration).databases())
                .extracting(DatabaseResult::database)
                .containsExactlyInAnyOrder("users", "analytics");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void saysWhichScriptWasChanged() {
        worker.stop();
        deployment.database("users").with("V2__invoice.sql", "CREATE TABLE invoice (id bigint);");
        deployment.startWorker();

        TenantResult result = deployment.results().data(deployment.events().migrate("acme", "latest", "users"));

        assertThat(error(result).code()).isEqualTo(ErrorCode.CHECKSUM_MISMATCH);
        assertThat(error(result).message()).contains("version 2");
    }

    @Test
    void aVersionThatComesLateFailsUnlessItMayBeApplied() {
        release("V1_5__late.sql", "CREATE TABLE late (id int);");
        TenantResult refused = deployment.results().data(deployment.events().migrate("acme", "latest", "users"));
        assertThat(error(refused).code()).isEqualTo(ErrorCode.OUT_OF_ORDER);
        assertThat(error(refused).migration()).isEqualTo("V1_5__late.sql");
        assertThat(tablesOf("users_acme")).doesNotContain("late");
        assertThat(RegisteredHomes.of(deployment)).containsExactly("acme analytics 2 known", "acme users 2 unknown");

        deployment.with("databases.users.out-of-order", "true");
        release();

        TenantResult applied = deployment.results().data(deployment.events().migrate("acme", "latest", "users"));
        assertThat(home(applied, "users").applied()).containsExactly("1.5");
        assertThat(home(applied, "users").to()).isEqualTo("2");
        assertThat(tablesOf("users_acme")).contains("late");
        assertThat(RegisteredHomes.of(deployment)).containsExactly("acme analytics 2 known", "acme users 2 known");
    }

    @Test
    void failsWhenTheHomeIsGoneAndMakesNoEmptyOne() {
        deployment.execute("DROP SCHEMA users_acme CASCADE");

        TenantResult result = deployment.results().data(deployment.events().migrate("acme", "latest", "users"));

        assertThat(error(result).code()).isEqualTo(ErrorCode.DRIFT_DETECTED);
        assertThat(deployment.query("SELECT nspname FROM pg_namespace WHERE nspname = 'users_acme'"))
                .isEmpty();
    }

    /** Deploys a release with more migrations of database users. */
    private void release(String... namesAndScripts) {
        worker.stop();
        for (int i = 0; i < namesAndScripts.length; i += 2) {
            deployment.database("users").with(namesAndScripts[i], namesAndScripts[i + 1]);
        }
        worker = deployment.startWorker();
    }

    private static ResultError error(TenantResult result) {
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        return Results.error(result);
    }

    private static DatabaseResult home(TenantResult result, String database) {
        return result.databases().stream()
                .filter(home -> home.database().equals(database))
                .findFirst()
                .orElseThrow();
    }

    private List<String> tablesOf(String schema) {
        return deployment.query("SELECT tablename FROM pg_tables WHERE schemaname = '" + schema + "' ORDER BY 1");
    }
}
