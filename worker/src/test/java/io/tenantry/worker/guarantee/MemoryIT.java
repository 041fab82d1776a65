package io.tenantry.worker.guarantee;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantResult;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.scenario.AppProcess;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** A worker process with {@code -Xmx256m} bears more bytes than that, while it can settle or publish nothing. */
@Order(3)
class MemoryIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int MEBIBYTE = 1 << 20;
    private static final int SIGNUPS = 500;
    private static final int DEAD_LETTERS = 300;

    private Deployment deployment;
    private AppProcess worker;

    @BeforeEach
    void deploy() {
        deployment = Deployment.create();
        deployment.database("users").withTwoTables();
        deployment.withTopics();
        worker = deployment
                .startProcess("run", "-Xmx256m", "-XX:+ExitOnOutOfMemoryError")
                .awaitAssignment();
    }

    @AfterEach
    void cleanUp() throws Exception {
        deployment.close();
    }

    @Test
    void largeSignupsWaitForTheRegistry() throws Exception {
        deployment.executeInRegistry("ALTER TABLE tenantry.tenant_home RENAME TO tenant_home_being_restored");
        Map<String, String> attributes = attributes(240 * 1024);
        List<String> requests = new ArrayList<>();
        for (int i = 0; i < SIGNUPS; i++) {
            requests.add(deployment.events().publish(new TenantCreated("large" + i, List.of(), attributes)));
        }
        Await.until(
                DEADLINE,
                "it has read them all",
                () -> worker.metric("tenantry_in_flight") + worker.metric("tenantry_parked") == SIGNUPS);
        assertThat(worker.metric("tenantry_parked")).isGreaterThan(SIGNUPS / 2);

        deployment.executeInRegistry("ALTER TABLE tenantry.tenant_home_being_restored RENAME TO tenant_home");

        List<TenantResult> results = deployment.results().await(SIGNUPS);
        assertThat(results).allMatch(result -> result.outcome() == Outcome.COMPLETED);
        assertThat(results).extracting(result -> result.request().id()).containsExactlyInAnyOrderElementsOf(requests);
        assertThat(deployment.queryRegistry("SELECT DISTINCT length(attributes ->> 'a0') FROM tenantry.tenant"))
                .containsExactly("990");
        end();
    }

    @Test
    void largeDeadLettersWaitForKafka() {
        String topic = Topic.MIGRATION_REQUESTED.deadLetterName("");
        int partitions = deployment.settings().kafka().partitions();
        deployment.topics().delete(topic);
        publishLarge(DEAD_LETTERS);
        Await.until(
                DEADLINE,
                "all partitions are paused",
                () -> worker.metric("tenantry_paused_partitions") == 3 * partitions);

        deployment.topics().create(topic, partitions);

        Await.until(DEADLINE, "all are published", () -> worker.metric("tenantry_dead_letters_total") == DEAD_LETTERS);
        deployment.topics().awaitNoLag();
        end();
    }

    private void end() {
        worker.signal(Signal.TERM);
        assertThat(worker.awaitExit()).isIn(0, 143);
    }

    /** Attributes of a tenant with so many characters in all. */
    static Map<String, String> attributes(int characters) {
        Random random = new Random(42);
        Map<String, String> attributes = new HashMap<>();
        for (int i = 0; i < characters / 1000; i++) {
            StringBuilder value = new StringBuilder();
            random.ints(990, 'a', 'z').forEach(value::appendCodePoint);
            attributes.put("a" + i, value.toString());
        }
        return attributes;
    }

    /** Small on the way, large in the memory. */
    private void publishLarge(int records) {
        byte[] value = "{".repeat(MEBIBYTE - 1000).getBytes(UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                deployment.settings().kafka().bootstrapServers(),
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4",
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class))) {
            for (int i = 0; i < records; i++) {
                var unused = producer.send(new ProducerRecord<>(
                        Topic.MIGRATION_REQUESTED.name(deployment.prefix()), ("t" + i).getBytes(UTF_8), value));
            }
        }
    }
}
