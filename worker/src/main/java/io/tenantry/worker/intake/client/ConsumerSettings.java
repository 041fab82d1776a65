package io.tenantry.worker.intake.client;

import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.KafkaSettings;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The settings of the Kafka consumer. */
public final class ConsumerSettings {
    /**
     * The client buffers so much for each partition: 32 MiB for 500 partitions. It delivers a larger record all the
     * same.
     */
    static final int MAX_PARTITION_FETCH_BYTES = 64 << 10;
    /** Of one fetch from one broker. */
    static final int FETCH_MAX_BYTES = 8 << 20;
    /**
     * All records of a poll are in memory at once. Each may have a mebibyte or more, even if its compressed batch was
     * small.
     */
    static final int MAX_POLL_RECORDS = 50;

    private ConsumerSettings() {}

    /**
     * Our defaults, which fit a heap of 256 MiB; over them the user's properties; over them those that a guarantee
     * depends on.
     */
    public static Map<String, Object> of(KafkaSettings kafka) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, MAX_PARTITION_FETCH_BYTES);
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_MAX_BYTES);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
        properties.putAll(kafka.properties());
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, kafka.groupId());
        properties.put(
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                kafka.groupProtocol().name().toLowerCase(Locale.ROOT));
        // Partition p of both request topics goes to the same worker, so that one lane serves both.
        if (kafka.groupProtocol() == GroupProtocol.CLASSIC) {
            properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RangeAssignor.class.getName());
        } else {
            properties.put(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, "range");
        }
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        return properties;
    }

    /** Why the consumer refuses its settings; empty if it does not. Connects to nothing. */
    public static Optional<String> fault(KafkaSettings kafka) {
        try {
            var unused = new ConsumerConfig(of(kafka));
            return Optional.empty();
        } catch (ConfigException refusal) {
            return Optional.of(String.valueOf(refusal.getMessage()));
        }
    }
}
