package io.tenantry.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.telemetry.Health;
import io.tenantry.worker.telemetry.OutageProbes;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Each probe asks what it is for, with a real Kafka and PostgreSQL, in a worker that has no request. */
@Execution(ExecutionMode.CONCURRENT) // mostly waits
class OutageProbesIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Deployment deployment = Deployment.create();
    private Resources resources;
    private Health health;
    private OutageProbes probes;

    @BeforeEach
    void start() throws Exception {
        deployment.database("users").withTwoTables();
        try (Registry registry = new Registry(deployment.settings().registry(), "test")) {
            registry.migrate();
        }
        resources = new Resources(deployment.settings(), bound -> 1);
        health = resources.health();
        health.ready(true);
        probes = resources.probeOutages(error -> {
            throw error;
        });
    }

    @AfterEach
    void cleanUp() throws Exception {
        probes.close();
        resources.closeServers();
        resources.registry().close();
        deployment.close();
    }

    @Test
    void aWorkerWithoutRequestsBecomesReadyWhenAllIsThere() {
        deployment.executeInRegistry("ALTER TABLE tenantry.tenant_home RENAME TO tenant_home_being_restored");
        resources.serverOutages().values().forEach(outage -> outage.away("a test"));
        resources.registryOutage().away("a test");
        resources.publishOutage().away("a test");

        Await.until(DEADLINE, "Kafka is back", () -> !health.conditions().contains(Health.Condition.KAFKA));
        assertThat(health.conditions())
                .as("without a share of the connections, and without a table")
                .containsExactly(Health.Condition.REGISTRY, Health.Condition.SERVERS);

        deployment.executeInRegistry("ALTER TABLE tenantry.tenant_home_being_restored RENAME TO tenant_home");
        resources.lease().renew(System.nanoTime() + DEADLINE.toNanos() * 2);
        resources.servers().values().forEach(server -> server.share(1));

        Await.until(DEADLINE, "the worker is ready", health::isReady);
    }
}
