package io.tenantry.worker.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker process with {@code -Xmx256m} has 500 partitions of each request topic to itself. Only for the long suite: a
 * broker takes a minute to make them. {@link MemoryIT} has few partitions.
 */
@Tag("guarantee")
@EnabledIfSystemProperty(named = Scale.PROPERTY, matches = "full")
class ManyPartitionsIT {
    private static final Logger LOG = LoggerFactory.getLogger(ManyPartitionsIT.class);
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final int PARTITIONS = 500;
    private static final int LARGE = 500;
    private static final int SMALL = 500;

    private DevStack stack;
    private Deployment deployment;

    @BeforeEach
    void deploy() {
        // The other tests need no broker with thousands of partitions.
        stack = DevStack.start();
        deployment = Deployment.on(stack).with("kafka.partitions", Integer.toString(PARTITIONS));
        deployment.database("users").withTwoTables();
        deployment.withTopics();
    }

    @AfterEach
    void cleanUp() throws Exception {
        try {
            deployment.close();
        } finally {
            stack.close();
        }
    }

    @Test
    void largeSignupsOfManyPartitionsWaitForTheRegistryAndAllAreAnswered() throws Exception {
        Map<String, String> attributes = MemoryIT.attributes(240 * 1024);
        List<String> requests = new ArrayList<>();
        for (int i = 0; i < LARGE; i++) {
            requests.add(deployment.events().publish(new TenantCreated("large" + i, List.of(), attributes)));
        }
        AppProcess worker = deployment.startProcess("run", "-Xmx256m", "-XX:+ExitOnOutOfMemoryError");
        worker.awaitAssignment();
        deployment.executeInRegistry("ALTER TABLE tenantry.tenant_home RENAME TO tenant_home_being_restored");
        for (int i = 0; i < SMALL; i++) {
            requests.add(deployment.events().signUp("small" + i));
        }
        Await.until(
                DEADLINE,
                "it has read them all",
                () -> worker.metric("tenantry_in_flight")
                                + worker.metric("tenantry_parked")
                                + deployment.results().all().size()
                        == requests.size());
        assertThat(worker.metric("tenantry_parked")).isGreaterThan(LARGE / 2);
        report(worker, "all wait");

        deployment.executeInRegistry("ALTER TABLE tenantry.tenant_home_being_restored RENAME TO tenant_home");

        Await.until(
                DEADLINE, "all are answered", () -> deployment.results().all().size() >= requests.size());
        report(worker, "all are answered");
        List<TenantResult> results = deployment.results().all();
        assertThat(results).allMatch(result -> result.outcome() == Outcome.COMPLETED);
        assertThat(results).extracting(result -> result.request().id()).containsExactlyInAnyOrderElementsOf(requests);
        deployment.topics().awaitNoLag();
        worker.signal(Signal.TERM);
        assertThat(worker.awaitExit()).isIn(0, 143);
    }

    private static void report(AppProcess worker, String moment) throws Exception {
        LOG.info(
                "{}: {} in flight, {} parked, {} partitions paused",
                moment,
                worker.metric("tenantry_in_flight"),
                worker.metric("tenantry_parked"),
                worker.metric("tenantry_paused_partitions"));
    }
}
