package io.tenantry.worker.settle;

import io.tenantry.worker.config.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The settings of the transactional producer. */
public final class ProducerSettings {
    /** How long partitions wait if their worker is killed during a transaction; users may set less. */
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(15);
    /** The longest that the poll thread waits for the producer; far below half of max.poll.interval.ms. */
    private static final Duration MAX_BLOCK = Duration.ofSeconds(5);

    private ProducerSettings() {}

    /**
     * The user's properties over our defaults; over them those that a guarantee depends on.
     *
     * @param transactionalId unique for each process, so that no two fence each other
     */
    static Map<String, Object> of(KafkaSettings kafka, String transactionalId) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        // Room for a dead letter of the largest record that a topic takes by default, with our headers.
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 * 1024 * 1024);
        // Far more than a transaction has, which is 4 MiB, or one record: a larger buffer would only take memory.
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 16L << 20);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION_TIMEOUT.toMillis());
        properties.putAll(kafka.properties());
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.remove(ProducerConfig.RETRIES_CONFIG);
        properties.remove(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 4000);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // The requests of a rollout go to the partitions of their tenants, as those of every other producer.
        properties.remove(ProducerConfig.PARTITIONER_CLASS_CONFIG);
        properties.put(ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG, false);
        // A transaction soon after another one is refused until the markers of that one are written, and tried again
        // after this time. The default of 100 ms would be most of a result's latency.
        properties.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 10L);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return properties;
    }

    /** Why the producer refuses its settings; empty if it does not. Connects to nothing. */
    public static Optional<String> fault(KafkaSettings kafka) {
        try {
            var unused = new ProducerConfig(of(kafka, kafka.groupId()));
            return Optional.empty();
        } catch (ConfigException refusal) {
            return Optional.of(String.valueOf(refusal.getMessage()));
        }
    }
}
