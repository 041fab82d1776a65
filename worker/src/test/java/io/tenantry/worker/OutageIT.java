package io.tenantry.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.PostgresServer.ShutdownMode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers that go away under load and come back: every request gets its one result, and no worker is restarted. */
class OutageIT {
    private static final int TENANTS = 60;

    private static DevStack stack;
    private Deployment deployment;

    @BeforeAll
    static void startServers() {
        stack = DevStack.start();
    }

    @AfterAll
    static void stopServers() {
        stack.close();
    }

    @BeforeEach
    void deploy() {
        deployment = Deployment.on(stack);
        deployment.database("users").withTwoTables().with("V3__slow.sql", "SELECT pg_sleep(0.05);");
        deployment.withTopics();
        deployment.startWorker();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void goesOnAfterPostgresCrashed() {
        underLoad(servers -> servers.postgres().restart(ShutdownMode.IMMEDIATE));
    }

    @Test
    void goesOnAfterPostgresWasRestarted() {
        underLoad(servers -> servers.postgres().restart(ShutdownMode.FAST));
    }

    @Test
    void goesOnAfterKafkaWasRestarted() {
        underLoad(servers -> servers.kafka().restart());
    }

    @Test
    void goesOnAfterKafkaCrashed() {
        underLoad(servers -> {
            servers.kafka().kill();
            servers.kafka().startAgain();
        });
    }

    private void underLoad(Consumer<DevStack> outage) {
        List<String> requests = IntStream.range(0, TENANTS)
                .mapToObj(i -> deployment.events().signUp("tenant" + i))
                .toList();
        deployment.results().await(5);

        CompletableFuture<Void> away = CompletableFuture.runAsync(() -> outage.accept(stack));
        List<TenantResult> results = deployment.results().await(TENANTS);
        away.join();

        Set<String> answered = new HashSet<>();
        results.forEach(result -> answered.add(result.request().id()));
        assertThat(answered).containsExactlyInAnyOrderElementsOf(requests);
        // A repeat would follow its original closely: after one more request there would be one more result than this.
        deployment.results().data(deployment.events().signUp("afterwards"));
        assertThat(deployment.results().all()).hasSize(TENANTS + 1);
        assertThat(results).extracting(TenantResult::outcome).isSubsetOf(Outcome.COMPLETED, Outcome.UP_TO_DATE);
        assertThat(deployment.query("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'users\\_tenant%'"))
                .containsExactly(Integer.toString(TENANTS));
    }
}
