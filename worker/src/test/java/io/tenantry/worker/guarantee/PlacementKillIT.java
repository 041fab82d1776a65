package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.cli.CommandLineRun;
import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.WorkerProcess;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * New tenants are spread over two PostgreSQL servers, as schemas and as databases, while workers are killed: no tenant gets
 * homes on both, and each signup has one result.
 */
@Tag("guarantee")
@Execution(ExecutionMode.CONCURRENT) // mostly waits
@Order(8)
class PlacementKillIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Path LOGS = Path.of("target", "guarantees");
    private static final List<String> SHORT_LEASE = List.of("-Dio.tenantry.lease.seconds=3");
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(3);
    private static final int TENANTS = 60;
    private static final int KILLS = 6;
    private static final Logger LOG = LoggerFactory.getLogger(PlacementKillIT.class);

    private final PostgresServer other = PostgresServer.start(Map.of());
    private final List<WorkerProcess> workers = new ArrayList<>();
    private Deployment deployment;

    @BeforeEach
    void deploy() throws Exception {
        deployment = Deployment.create().server("other", other);
        deployment.database("users").withTwoTables();
        deployment.database("docs").isolation(Isolation.DATABASE).with("V1__doc.sql", "CREATE TABLE doc (id int);");
        for (String database : List.of("users", "docs")) {
            deployment.with("databases." + database + ".server", "");
            deployment.with("databases." + database + ".servers.main.max-tenants", "1000");
            deployment.with("databases." + database + ".servers.other.max-tenants", "1000");
        }
        deployment.with("kafka.properties.transaction.timeout.ms", "4000").with("retry.max-delay", "1s");
        deployment.withTopics();
    }

    private void inGroup(GroupProtocol protocol) {
        switch (protocol) {
            case CLASSIC ->
                deployment
                        .with("kafka.properties.session.timeout.ms", Long.toString(SESSION_TIMEOUT.toMillis()))
                        .with("kafka.properties.heartbeat.interval.ms", "500");
            case CONSUMER -> {
                deployment.with("kafka.group-protocol", "consumer");
                try (Group group = new Group(deployment.settings().kafka())) {
                    group.sessionTimeout(SESSION_TIMEOUT);
                }
            }
        }
    }

    @AfterEach
    void cleanUp() throws Exception {
        workers.forEach(WorkerProcess::close);
        deployment.close();
        other.close();
    }

    /** One signup is killed before it makes its first home, another between its two. */
    @Test
    void aSignupThatIsKilledBetweenItsPlaceAndItsHomeGoesOnOnTheSameServer() throws Exception {
        inGroup(GroupProtocol.CLASSIC);
        WorkerProcess worker = start("worker");
        worker.awaitReady();
        try (Connection main = deployment.connect();
                Connection second = other.connect(deployment.tenantDatabase())) {
            for (Connection server : List.of(main, second)) {
                lock(server, "users", "early");
                lock(server, "docs", "late");
            }
            String early = deployment.events().signUp("early");
            awaitPlaced("early");
            registered("other", "elsewhere");
            String late = deployment.events().signUp("late");
            awaitPlaced("late");
            Await.until(
                    PATIENCE,
                    "late has its first home",
                    () -> !deployment
                            .query("SELECT 1 FROM pg_namespace WHERE nspname = 'users_late'")
                            .isEmpty());
            worker.kill();
            assertThat(homesOnMain()).containsExactly("users_late");
            assertThat(deployment.queryRegistry("SELECT DISTINCT server FROM tenantry.placement"))
                    .as("where both were placed")
                    .containsExactly("main");
            // Without the places the other server would be next.
            registered("main", "one", "two");
            worker.startAgain();
            worker.awaitReady();
            unlock(main, second);

            for (String request : List.of(early, late)) {
                assertThat(deployment.results().data(request).databases())
                        .extracting(DatabaseResult::database, DatabaseResult::server)
                        .containsExactly(tuple("users", "main"), tuple("docs", "main"));
            }
        }
        assertThat(homesOnMain())
                .containsExactlyInAnyOrder(
                        "users_early",
                        "users_late",
                        deployment.locationOf("docs", "early"),
                        deployment.locationOf("docs", "late"));
        assertThat(homesOnOther()).isEmpty();
        assertThat(templates()).as("a server of its own has its own template").hasSize(1);
        assertThat(deployment.results().all()).as("results").hasSize(2);
        rebuildWritesNothingWhileAServerIsAway();
    }

    private void rebuildWritesNothingWhileAServerIsAway() {
        deployment.executeInRegistry("UPDATE tenantry.tenant_home SET version = '0' WHERE tenant = 'early'");
        other.stop(PostgresServer.ShutdownMode.IMMEDIATE);

        CommandLineRun run = CommandLineRun.on(deployment, "registry", "rebuild", "--yes");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("the homes of server other cannot be listed")
                .contains("nothing was written");
        assertThat(deployment.queryRegistry("SELECT DISTINCT version FROM tenantry.tenant_home WHERE tenant = 'early'"))
                .containsExactly("0");
    }

    /** Part of the chaos suite alone. */
    @ParameterizedTest
    @MethodSource("io.tenantry.worker.guarantee.Round#oneOfEachProtocol")
    @EnabledIf("isFull")
    void noTenantHasHomesOnTwoServersThoughWorkersAreKilledAgainAndAgain(Round round) {
        LOG.info("{}; to repeat it: {}", round, round.howToRepeat());
        inGroup(round.protocol());
        Random random = new Random(round.seed());
        start("one");
        start("two");
        workers.forEach(WorkerProcess::awaitReady);
        List<String> requests = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            for (int tenant = 0; tenant < TENANTS / KILLS; tenant++) {
                requests.add(deployment.events().signUp("tenant" + requests.size()));
            }
            deployment.results().await(requests.size() - 1 - random.nextInt(TENANTS / KILLS));
            WorkerProcess victim = workers.get(random.nextInt(workers.size()));
            victim.kill();
            victim.startAgain();
        }
        requests.forEach(deployment.results()::of);

        List<TenantResult> results = deployment.results().all();
        assertThat(results)
                .as("results of " + round)
                .hasSize(TENANTS)
                .allSatisfy(result -> assertThat(result.error()).isNull());
        List<String> main = homesOnMain();
        List<String> second = homesOnOther();
        assertThat(main).as(round.toString()).isNotEmpty().doesNotContainAnyElementsOf(second);
        assertThat(second).isNotEmpty();
        assertThat(main.size() + second.size()).isEqualTo(2 * TENANTS);
        assertThat(deployment.queryRegistry("SELECT location FROM tenantry.tenant_home WHERE server = 'main'"))
                .containsExactlyInAnyOrderElementsOf(main);
        assertThat(deployment.queryRegistry("SELECT location FROM tenantry.tenant_home WHERE server = 'other'"))
                .containsExactlyInAnyOrderElementsOf(second);
    }

    static boolean isFull() {
        return Scale.isFull();
    }

    private WorkerProcess start(String name) {
        Path logs = LOGS.resolve(deployment.tenantDatabase()).resolve(name);
        WorkerProcess worker = WorkerProcess.start(deployment, name, logs, SHORT_LEASE);
        workers.add(worker);
        return worker;
    }

    private void awaitPlaced(String tenant) {
        Await.until(
                PATIENCE,
                tenant + " is placed",
                () -> deployment
                                .queryRegistry("SELECT 1 FROM tenantry.placement WHERE tenant = '" + tenant + "'")
                                .size()
                        == 2);
    }

    /** Takes room on a server. */
    private void registered(String server, String... tenants) {
        for (String tenant : tenants) {
            deployment.executeInRegistry("INSERT INTO tenantry.tenant VALUES ('" + tenant + "'); INSERT INTO"
                    + " tenantry.tenant_home (tenant, database, server, location) SELECT '" + tenant + "', name, '"
                    + server
                    + "', '" + tenant + "' FROM unnest(ARRAY['users', 'docs']) AS name");
        }
    }

    /** As a worker that works on the home. */
    private void lock(Connection server, String database, String tenant) throws SQLException {
        String location = deployment.locationOf(database, tenant);
        long key = new TenantHome(tenant, database, "any", location, Isolation.SCHEMA).lockKey();
        try (Statement statement = server.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + key + ")");
        }
    }

    private static void unlock(Connection... servers) throws SQLException {
        for (Connection server : servers) {
            try (Statement statement = server.createStatement()) {
                statement.execute("SELECT pg_advisory_unlock_all()");
            }
        }
    }

    private List<String> homesOnMain() {
        return deployment.query(homes());
    }

    private List<String> homesOnOther() {
        return onOther(homes());
    }

    private String homes() {
        return "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'users\\_%' UNION ALL SELECT datname FROM pg_database"
                + " WHERE datname LIKE '" + deployment.locationOf("docs", "%").replace("_", "\\_") + "'";
    }

    private List<String> templates() {
        return onOther("SELECT datname FROM pg_database WHERE datname LIKE 'tenantry\\_template\\_%'");
    }

    private List<String> onOther(String sql) {
        try (Connection connection = other.connect(deployment.tenantDatabase())) {
            return Sql.query(connection, sql, row -> row.getString(1));
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
