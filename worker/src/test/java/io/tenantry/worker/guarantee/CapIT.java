package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.scenario.RunningWorker;
import io.tenantry.worker.scenario.WorkerProcess;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** All workers of a group together never have more connections to a server than its cap. */
@Order(1)
class CapIT {
    /** A lease lasts 10 s; a machine that is busy with other tests may take its time besides. */
    private static final Duration A_FEW_LEASES = Duration.ofSeconds(90);

    private static final int CAP = 6;
    private static final int BACKLOG = 20;

    private final List<WorkerProcess> workers = new ArrayList<>();
    private Deployment deployment;
    private int signedUp;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment
                .database("users")
                .with("V1__slow.sql", "CREATE TABLE slow (id int);\nSELECT pg_sleep(0.5);\n")
                .with("V2__more.sql", "CREATE TABLE more (id int);\nSELECT pg_sleep(0.5);\n");
        deployment
                .database("analytics")
                .isolation(Isolation.DATABASE)
                .with("V1__facts.sql", "CREATE TABLE facts (id int);\n");
        // What is killed is noticed by its group as soon as by the others.
        deployment
                .with("kafka.properties.session.timeout.ms", "6000")
                .with("kafka.properties.heartbeat.interval.ms", "1000")
                .with("kafka.properties.transaction.timeout.ms", "4000");
    }

    @AfterEach
    void cleanUp() throws Exception {
        workers.forEach(WorkerProcess::close);
        deployment.close();
    }

    @Test
    void isNeverExceededAndSoonInFullUseAgainWhateverHappensToWorkers() throws Exception {
        deployment.with("servers.main.max-connections", Integer.toString(CAP)).withTopics();
        try (ConnectionSampler sampler = ConnectionSampler.of(deployment)) {
            WorkerProcess first = start();
            awaitFullUse(sampler, "one worker");

            WorkerProcess second = start();
            WorkerProcess third = start();
            awaitShares(2, 2, 2);
            awaitFullUse(sampler, "three workers");

            second.kill();
            awaitShares(3, 3);
            awaitFullUse(sampler, "one was killed");

            third.stop();
            awaitShares(6);
            awaitFullUse(sampler, "one is stopped");
            third.goOn();
            awaitShares(3, 3);
            awaitFullUse(sampler, "the stopped one goes on");
            assertThat(third.logged("joins again as")).isTrue();

            third.drain();
            awaitShares(6);
            awaitFullUse(sampler, "one is left");

            assertThat(deployment.results().await(signedUp)).hasSize(signedUp);
            first.drain();
            assertThat(members()).isEmpty();
            assertThat(sampler.samples()).isGreaterThan(200);
            assertThat(sampler.most()).as("%s", sampler).isEqualTo(CAP);
        }
    }

    @Test
    void theSurplusWorkerWaitsSaysSoAndTakesOverWhenOneLeaves() throws Exception {
        deployment.with("servers.main.max-connections", "2").withTopics();
        try (ConnectionSampler sampler = ConnectionSampler.of(deployment)) {
            RunningWorker first = deployment.startWorker();
            RunningWorker second = deployment.startWorker();
            Await.until(A_FEW_LEASES, "both work", () -> members().size() == 2);
            AppProcess third = deployment
                    .startProcess("run")
                    .awaitOutput(
                            "this worker waits for connections, and takes no requests: servers.main.max-connections is 2,"
                                    + " and 2 other workers of the group share them; it takes over when one of them leaves: raise"
                                    + " servers.main.max-connections, or run fewer workers");
            assertThat(third.get("/health/ready").statusCode()).isEqualTo(503);
            assertThat(third.get("/health/ready").body()).contains("\"connections\"");
            assertThat(third.get("/health/live").statusCode()).isEqualTo(200);
            assertThat(third.output()).noneMatch(line -> line.contains(" joins group "));

            first.stop();
            third.awaitAssignment();
            Await.until(
                    A_FEW_LEASES,
                    "it is ready",
                    () -> third.get("/health/ready").statusCode() == 200);
            signUp(5);
            assertThat(deployment.results().await(5)).hasSize(5);

            second.stop();
            assertThat(sampler.most()).as("%s", sampler).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void aWorkerThatWaitsEndsAtOnceWhenItIsToldTo() {
        deployment.with("servers.main.max-connections", "1").withTopics();
        deployment.startWorker();
        Await.until(A_FEW_LEASES, "the first one works", () -> members().size() == 1);
        AppProcess surplus = deployment.startProcess("run").awaitOutput("this worker waits for connections");

        surplus.signal(Signal.TERM);

        assertThat(surplus.awaitExit(Duration.ofSeconds(10))).isIn(0, 128 + 15);
        assertThat(members()).hasSize(1);
    }

    @Test
    void aWorkerThatLostItsSeatLeavesTheGroupAndComesBackWhenThereIsRoom() {
        deployment.with("servers.main.max-connections", "1").withTopics();
        RunningWorker first = deployment.startWorker();
        signUp(1);
        assertThat(deployment.results().await(1)).hasSize(1);
        RunningWorker second = deployment.startWorker();
        Await.until(A_FEW_LEASES, "the second one waits", () -> members().size() == 2);

        // As when it was stopped for long.
        deployment.executeInRegistry("UPDATE tenantry.worker SET fenced = true WHERE application_name = '"
                + members().get(0) + "'");
        Await.until(
                A_FEW_LEASES, "the first one notices", () -> members().get(1).endsWith(".2"));
        signUp(1);
        assertThat(deployment.results().await(2))
                .as("the second one takes over")
                .hasSize(2);
        second.stop();
        signUp(1);
        assertThat(deployment.results().await(3)).as("the first one is back").hasSize(3);
        first.stop();
        assertThat(answeredBy("t2")).isEqualTo(answeredBy("t0")).isNotEqualTo(answeredBy("t1"));
    }

    private WorkerProcess start() {
        String name = "worker" + workers.size();
        Path logs = Path.of("target", "guarantees", deployment.tenantDatabase(), name);
        WorkerProcess worker = WorkerProcess.start(deployment, name, logs, List.of());
        workers.add(worker);
        worker.awaitReady();
        return worker;
    }

    /** Seen at least once from now on, while there is more to do than connections for it. */
    private void awaitFullUse(ConnectionSampler sampler, String when) {
        sampler.forget();
        Await.until(A_FEW_LEASES, "the whole cap is in use: " + when, () -> {
            if (signedUp - deployment.results().all().size() < BACKLOG) {
                signUp(BACKLOG);
            }
            return sampler.mostSinceForgotten() >= CAP;
        });
    }

    /** Tenants with a home of each isolation. */
    private void signUp(int tenants) {
        for (int i = 0; i < tenants; i++) {
            List<String> databases = signedUp % 8 == 0 ? List.of() : List.of("users");
            deployment.events().publish(new TenantCreated("t" + signedUp, databases, Map.of()));
            signedUp++;
        }
    }

    private void awaitShares(Integer... shares) {
        Await.until(A_FEW_LEASES, "the shares are " + List.of(shares), () -> {
            List<Integer> now = deployment
                    .queryRegistry("SELECT connections FROM tenantry.connection_lease ORDER BY connections DESC")
                    .stream()
                    .map(Integer::valueOf)
                    .toList();
            if (!now.equals(List.of(shares))) {
                throw new IllegalStateException("they are " + now);
            }
            return true;
        });
    }

    private String answeredBy(String tenant) {
        return deployment.results().all().stream()
                .filter(result -> tenant.equals(result.tenant()))
                .map(TenantResult::worker)
                .findFirst()
                .orElseThrow();
    }

    private List<String> members() {
        return deployment.queryRegistry("SELECT application_name FROM tenantry.worker ORDER BY joined");
    }
}
