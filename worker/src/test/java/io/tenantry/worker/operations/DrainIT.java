package io.tenantry.worker.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.Worker;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.Signal;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** A worker that is told to stop finishes what it has begun, and leaves the rest to others. */
@Order(8)
class DrainIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> TENANTS =
            IntStream.rangeClosed(1, 6).mapToObj(number -> "t" + number).toList();
    /** What a JVM returns that ends by SIGTERM. */
    private static final int TERMINATED = 128 + 15;

    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment
                .database("users")
                .with("V1__slow.sql", "CREATE TABLE slow (id int);\nSELECT pg_sleep(seconds) FROM public.pace;\n");
        deployment.execute(
                "CREATE TABLE public.pace AS SELECT 0.0::float8 AS seconds; GRANT SELECT ON public.pace TO PUBLIC");
        deployment.with("worker.concurrency", "2").withTopics();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void finishesWhatRunsBeginsNothingAndAnotherDoesTheRest() throws Exception {
        AppProcess first = startThatSleeps(4);
        TENANTS.forEach(deployment.events()::signUp);
        awaitSleeping(2);
        assertThat(first.get("/health/ready").statusCode()).isEqualTo(200);

        first.signal(Signal.TERM);

        Await.until(
                PATIENCE, "it is not ready", () -> first.get("/health/ready").statusCode() == 503);
        HttpResponse<String> live = first.get("/health/live");
        assertThat(live.statusCode()).isEqualTo(200);
        assertThat(live.body()).contains("draining");
        assertThat(sleeping()).as("it drains while the scripts run").isEqualTo(2);
        assertThat(first.awaitExit()).isIn(TERMINATED, 0);
        assertThat(deployment.results().await(2)).hasSize(2).allMatch(result -> result.outcome() == Outcome.COMPLETED);
        assertThat(schemas()).as("begun").hasSize(2);

        deployment.execute("UPDATE public.pace SET seconds = 0");
        deployment.startWorker();
        assertEveryTenantHasOneResult();
    }

    @Test
    void endsAtItsTimeoutAndTheScriptIsRolledBack() {
        deployment.with("worker.drain-timeout", "1s");
        AppProcess first = startThatSleeps(600);
        TENANTS.forEach(deployment.events()::signUp);
        awaitSleeping(2);

        first.signal(Signal.TERM);

        assertThat(first.awaitExit(Duration.ofSeconds(15))).isIn(TERMINATED, 0);
        assertThat(first.output()).anyMatch(line -> line.contains("were not finished in time"));
        // The server looks for the client of a running statement every 5 s.
        awaitSleeping(0);
        assertThat(deployment.query("SELECT relname FROM pg_class WHERE relname = 'slow'"))
                .isEmpty();
        assertThat(deployment.results().all()).isEmpty();

        deployment.execute("UPDATE public.pace SET seconds = 0");
        deployment.startWorker();
        assertEveryTenantHasOneResult();
    }

    @Test
    void endsAtOnceWhenThereIsNothingToDo() {
        AppProcess idle = deployment.startWorkerProcess();

        idle.signal(Signal.TERM);

        assertThat(idle.awaitExit(Duration.ofSeconds(15))).isIn(TERMINATED, 0);
        assertThat(idle.output()).anyMatch(line -> line.contains("has ended"));
    }

    @Test
    void neverJoinsWhenItIsStoppedBeforeItHasStarted() {
        Worker worker = deployment.newWorker();
        Thread stopping = new Thread(worker::close, "stopping");
        stopping.start();
        Await.until(PATIENCE, "close waits for the end", () -> stopping.getState() == Thread.State.TIMED_WAITING);

        CompletableFuture<List<String>> end = CompletableFuture.supplyAsync(worker::run);

        Await.until(Duration.ofSeconds(20), "the worker has ended", end::isDone);
        assertThat(end.join()).isEmpty();
        Await.until(PATIENCE, "close returns", () -> !stopping.isAlive());
    }

    /** The start tries the scripts out, which shall not take that long. */
    private AppProcess startThatSleeps(int seconds) {
        AppProcess started = deployment.startWorkerProcess();
        deployment.execute("UPDATE public.pace SET seconds = " + seconds);
        return started;
    }

    private void assertEveryTenantHasOneResult() {
        List<TenantResult> results = deployment.results().await(TENANTS.size());
        deployment.topics().awaitNoLag();
        assertThat(deployment.results().all()).hasSameSizeAs(results);
        assertThat(results)
                .allMatch(result -> result.outcome() == Outcome.COMPLETED)
                .extracting(TenantResult::tenant)
                .containsExactlyInAnyOrderElementsOf(TENANTS);
        assertThat(schemas()).hasSameSizeAs(TENANTS);
    }

    private void awaitSleeping(int sessions) {
        Await.until(PATIENCE, sessions + " scripts run", () -> sleeping() == sessions);
    }

    private int sleeping() {
        return deployment
                .query("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND wait_event = 'PgSleep'")
                .size();
    }

    private List<String> schemas() {
        return deployment.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'users\\_%'");
    }
}
