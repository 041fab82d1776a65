package io.tenantry.worker.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Servers that answer, and yet do not do what is asked of them: requests wait, within bounds. */
@Execution(ExecutionMode.CONCURRENT) // mostly waits
@Order(8)
class HalfAwayIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int MORE_THAN_WAIT = 3000;

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

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
    void readsNoFurtherWhenKafkaTakesNoResults() throws Exception {
        AppProcess worker =
                deployment.startProcess("run", "-DTENANTRY_LOG_FORMAT=json").awaitAssignment();
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
                        .anyMatch(line -> line.matches("tenantry_paused_partitions(\\{.*})? 9\\.0")));

        deployment.topics().create(deadLetters, partitions);
        deployment.results().awaitDeadLetters(MORE_THAN_WAIT);
        deployment.topics().awaitNoLag();
        assertEachDeadLetterHasALine(worker.output(), Topic.MIGRATION_REQUESTED.baseName());
    }

    @Test
    void failsNoRequestBecauseTheRegistryCannotBeAsked() {
        AppProcess worker = deployment.startWorkerProcess();
        deployment.executeInRegistry("ALTER TABLE tenantry.tenant_home RENAME TO tenant_home_being_restored");

        ProducerRecord<byte[], byte[]> signup =
                deployment.events().encode("signup/1", new TenantCreated("acme", List.of(), Map.of()));
        signup.headers().add("ce_traceparent", TRACE.getBytes(UTF_8));
        deployment.events().send(signup);
        worker.awaitOutput("requests and results wait");
        deployment.executeInRegistry("ALTER TABLE tenantry.tenant_home_being_restored RENAME TO tenant_home");

        assertThat(deployment.results().data("signup/1").outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(worker.output())
                .filteredOn(line -> line.contains("onboarding of acme"))
                .singleElement()
                .asString()
                .matches(
                        ".* INFO  \\[lane-\\d+] \\S+ \\[tenant=acme requestId=signup/1 record=\\S*tenant\\.created-\\d@0 traceparent="
                                + TRACE + "]: onboarding of acme: completed after \\d+ ms; database users completed,"
                                + " from none to 2 by 1, 2 in \\d+ ms");
    }

    private static void assertEachDeadLetterHasALine(List<String> lines, String topic) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> fields = new ArrayList<>();
        for (String line : lines) {
            JsonNode entry = json.readTree(line);
            if (entry.path("formattedMessage").asText().contains("becomes a dead letter")) {
                fields.add(entry.path("mdc"));
            }
        }
        assertThat(fields)
                .hasSize(MORE_THAN_WAIT)
                .doesNotHaveDuplicates()
                .allMatch(
                        mdc -> mdc.path("topic").asText().endsWith(topic) && mdc.has("partition") && mdc.has("offset"));
    }
}
