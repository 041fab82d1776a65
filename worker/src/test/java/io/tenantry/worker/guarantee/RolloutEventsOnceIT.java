package io.tenantry.worker.guarantee;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.guarantee.CommitProxy.Break;
import io.tenantry.worker.intake.RunningLoop;
import io.tenantry.worker.rollout.Outgoing;
import io.tenantry.worker.scenario.Deployment;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.telemetry.Meters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Events of rollouts are published once for readers of committed transactions, and their requests at least once, whatever
 * becomes of a commit and of the partition. Poll loops with a real broker and an outbox in memory.
 */
@Tag("guarantee")
@Execution(ExecutionMode.CONCURRENT) // mostly waits
@Order(4)
class RolloutEventsOnceIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    /** Longer than a silence of the proxy, so that the loop keeps its partition. */
    private static final Duration SESSION = Duration.ofSeconds(8);

    private static final Duration LONGER_THAN_A_SESSION = Duration.ofSeconds(11);

    private final MemoryOutbox outbox = new MemoryOutbox();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void whateverBecomesOfACommitAndOfThePartition() throws Exception {
        SharedDetour detour = opened(SharedDetour.take());
        CommitProxy proxy = opened(new CommitProxy(detour.addresses()));
        Deployment deployment = opened(Deployment.create());
        deployment.database("users").withTwoTables();
        deployment
                .with("kafka.partitions", "1")
                .with("kafka.properties.transaction.timeout.ms", "4000")
                .with("kafka.properties.session.timeout.ms", Long.toString(SESSION.toMillis()));
        KafkaSettings direct = deployment.withTopics().settings().kafka();
        KafkaSettings detoured = deployment
                .with("kafka.bootstrap-servers", detour.bootstrapServers())
                .settings()
                .kafka();
        KafkaConsumer<byte[], byte[]> reader = opened(reader(direct));
        List<String> events = new ArrayList<>();
        List<String> attempts = new ArrayList<>();

        append(1, 20);
        opened(loop(detoured, "first"));
        awaitAll(20, reader, events, attempts);

        int broken = 0;
        for (Break next : List.of(Break.SILENCE_BEFORE, Break.SILENCE_AFTER, Break.ANSWER_LOST)) {
            proxy.breakNext(next);
            append(outbox.last() + 1, outbox.last() + 20);
            int expected = ++broken;
            Await.until(DEADLINE, "a commit meets " + next, () -> proxy.broken() == expected);
            append(outbox.last() + 1, outbox.last() + 5);
            awaitAll(outbox.last(), reader, events, attempts);
        }

        // It has events in an open transaction, or in none, and goes on when another one has its partition.
        proxy.breakNext(Break.SILENCE_BEFORE);
        append(outbox.last() + 1, outbox.last() + 5);
        Await.until(DEADLINE, "the last silence begins", () -> proxy.broken() == 4);
        proxy.silence(LONGER_THAN_A_SESSION);
        append(outbox.last() + 1, outbox.last() + 5);
        opened(loop(direct, "second"));
        awaitAll(outbox.last(), reader, events, attempts);
        proxy.awaitSpeech();
        append(outbox.last() + 1, outbox.last() + 5);
        awaitAll(outbox.last(), reader, events, attempts);

        assertThat(events)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, outbox.last())
                        .mapToObj(Long::toString)
                        .toList());
        assertThat(outbox.owners()).as("loops that had the partition").isGreaterThan(1);
    }

    private void append(long from, long to) {
        for (long position = from; position <= to; position++) {
            outbox.append(
                    new Outgoing.StateChange(0, position, encoded(EventType.ROLLOUT_STARTED, position)),
                    new Outgoing.Attempt(0, encoded(EventType.MIGRATION_REQUESTED, position)));
        }
    }

    private static EncodedEvent encoded(EventType type, long id) {
        return new EncodedEvent(Long.toString(id), "/test", type.type(), null, null, "r", "{}".getBytes(UTF_8));
    }

    private RunningLoop loop(KafkaSettings kafka, String name) {
        return new RunningLoop(
                kafka,
                name,
                new Meters(new SimpleMeterRegistry()),
                (request, settler) -> {
                    // Of no tenant: the data is not even a request.
                    throw new AssertionError(request.ref());
                },
                outbox.forOneLoop(),
                Duration.ZERO);
    }

    private static void awaitAll(
            long last, KafkaConsumer<byte[], byte[]> reader, List<String> events, List<String> attempts) {
        Await.until(DEADLINE, "all events up to " + last, () -> {
            for (ConsumerRecord<byte[], byte[]> next : reader.poll(Duration.ofMillis(50))) {
                String id = new String(next.headers().lastHeader("ce_id").value(), UTF_8);
                (next.topic().endsWith(Topic.ROLLOUT_RESULTS.baseName()) ? events : attempts).add(id);
            }
            return events.contains(Long.toString(last))
                    && LongStream.rangeClosed(1, last).mapToObj(Long::toString).allMatch(attempts::contains);
        });
    }

    private static KafkaConsumer<byte[], byte[]> reader(KafkaSettings kafka) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        KafkaConsumer<byte[], byte[]> reader =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = List.of(
                new TopicPartition(Topic.ROLLOUT_RESULTS.name(kafka.topicPrefix()), 0),
                new TopicPartition(Topic.MIGRATION_REQUESTED.name(kafka.topicPrefix()), 0));
        reader.assign(partitions);
        reader.seekToBeginning(partitions);
        return reader;
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }
}
