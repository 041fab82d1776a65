package io.tenantry.worker.demo;

import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.TenantResult;
import io.tenantry.contracts.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the results that are published from now on, those of committed transactions only. For one thread. */
public final class ResultConsumer implements AutoCloseable {

    /**
     * A result that is not decoded yet, which takes its time, and when it was here.
     *
     * @param arrivedNanos as {@link System#nanoTime()} counts
     */
    public record Arrival(ConsumerRecord<byte[], byte[]> received, long arrivedNanos) {
        /** The id of the result. */
        public String id() {
            return new String(received.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8);
        }
    }

    private final EventCodec codec = new EventCodec();
    private final KafkaConsumer<byte[], byte[]> consumer;

    /** The topic must exist. */
    public ResultConsumer(String bootstrapServers) {
        this.consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                20_000,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class));
        List<TopicPartition> partitions = consumer.partitionsFor(Topic.TENANT_RESULTS.name("")).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        // Seeking is lazy: without this, what is published before the first poll would be missed.
        partitions.forEach(consumer::position);
    }

    /** The results that are here, waiting for the first one up to this long. */
    public List<Arrival> poll(Duration patience) {
        List<Arrival> arrivals = new ArrayList<>();
        var records = consumer.poll(patience);
        long now = System.nanoTime();
        for (ConsumerRecord<byte[], byte[]> next : records) {
            arrivals.add(new Arrival(next, now));
        }
        return arrivals;
    }

    /** What it says. */
    public TenantResult decode(Arrival arrival) {
        try {
            return (TenantResult)
                    codec.decode(arrival.received(), Topic.TENANT_RESULTS).data();
        } catch (InvalidEventException invalid) {
            throw new IllegalStateException("the worker published what its own contract refuses", invalid);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
