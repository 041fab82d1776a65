package io.tenantry.worker.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Servers that answer, and yet do not do what is asked of them: requests wait, within bounds. */
@Execution(ExecutionMode.CONCURRENT) // mostly waits
class HalfAwayIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int MORE_THAN_WAIT = 3000;

    private Deployment deployment;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        deployment.withTopics();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void readsNoFurtherWhenKafkaTakesNoResults() {
        AppProcess worker = deployment.startWorkerProcess();
        String deadLetters = Topic.MIGRATION_REQUESTED.deadLetterName("");
        int partitions = deployment.settings().kafka().partitions();
        deployment.topics().delete(deadLetters);
        for (int i = 0; i < MORE_THAN_WAIT; i++) {
            deployment.events().raw(Topic.MIGRATION_REQUESTED.baseName(), "acme", "{".getBytes(UTF_8), Map.of());
        }

        Await.until(
                DEADLINE,
                "all partitions are paused",
                () -> worker.get("/metrics")
                        .body()
                        .lines()
                        .anyMatch(line -> line.matches("tenantry_paused_partitions(\\{.*})? 6\\.0")));

        deployment.topics().create(deadLetters, partitions);
        deployment.results().awaitDeadLetters(MORE_THAN_WAIT);
        deployment.topics().awaitNoLag();
    }

    @Test
    void failsNoRequestBecauseTheRegistryCannotBeAsked() {
        AppProcess worker = deployment.startWorkerProcess();
        deployment.executeInRegistry("ALTER TABLE tenantry.tenant_home RENAME TO tenant_home_being_restored");

        String request = deployment.events().signUp("acme");
        worker.awaitOutput("requests and results wait");
        deployment.executeInRegistry("ALTER TABLE tenantry.tenant_home_being_restored RENAME TO tenant_home");

        assertThat(deployment.results().data(request).outcome()).isEqualTo(Outcome.COMPLETED);
    }
}
