package io.tenantry.worker.scenario;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.TenantDrift;
import io.tenantry.contracts.Topic;
import io.tenantry.worker.config.KafkaSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the events of drift, as monitoring does: committed transactions alone, from the beginning. */
public final class DriftEvents implements AutoCloseable {
    /** An event of {@code tenant.drift}. */
    public record Change(String id, EventType type, TenantDrift data) {}

    private final EventCodec codec = new EventCodec();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Change> changes = new ArrayList<>();

    /** The topic must exist. */
    public DriftEvents(KafkaSettings kafka) {
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        String topic = Topic.TENANT_DRIFT.name(kafka.topicPrefix());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** All that have come so far. */
    public List<Change> all() {
        for (ConsumerRecord<byte[], byte[]> next : consumer.poll(Duration.ofMillis(100))) {
            try {
                Event<?> event = codec.decode(next, Topic.TENANT_DRIFT);
                changes.add(new Change(event.id(), event.type(), (TenantDrift) event.data()));
            } catch (InvalidEventException invalid) {
                throw new AssertionError("the worker published what its own contract refuses", invalid);
            }
        }
        return List.copyOf(changes);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
