package io.tenantry.worker.scenario;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.RolloutResult;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the events of rollouts, as release tooling does: committed transactions alone, from the beginning. */
public final class RolloutEvents implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** An event of {@code rollout.results}. */
    public record Change(String id, EventType type, RolloutResult data) {
        /** The kind alone, as in {@code wave-started}. */
        @Override
        public String toString() {
            return type.type().replaceAll("io\\.tenantry\\.rollout\\.(.*)\\.v1", "$1");
        }
    }

    private final EventCodec codec = new EventCodec();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Change> changes = new ArrayList<>();

    RolloutEvents(KafkaSettings kafka) {
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "none",
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        String topic = Topic.ROLLOUT_RESULTS.name(kafka.topicPrefix());
        List<TopicPartition> partitions = IntStream.range(0, kafka.partitions())
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** All that have come so far. */
    public List<Change> all() {
        for (ConsumerRecord<byte[], byte[]> next : consumer.poll(Duration.ofMillis(50))) {
            try {
                Event<?> event = codec.decode(next, Topic.ROLLOUT_RESULTS);
                changes.add(new Change(event.id(), event.type(), (RolloutResult) event.data()));
            } catch (InvalidEventException invalid) {
                throw new AssertionError("the worker published what its own contract refuses", invalid);
            }
        }
        return List.copyOf(changes);
    }

    /** Waits for the first event for which this holds. */
    public Change await(String what, Predicate<Change> wanted) {
        Await.until(PATIENCE, what, () -> find(all(), wanted).isPresent());
        return find(changes, wanted).orElseThrow();
    }

    /** Waits for the first event of this type. */
    public Change await(EventType type) {
        return await(type.type(), change -> change.type() == type);
    }

    /** Waits for the answer to a verb. */
    public Change answerTo(String requestId) {
        return await("the answer to " + requestId, change -> {
            var request = change.data().request();
            return request != null && request.id().equals(requestId);
        });
    }

    private static Optional<Change> find(List<Change> changes, Predicate<Change> wanted) {
        return changes.stream().filter(wanted).findFirst();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
