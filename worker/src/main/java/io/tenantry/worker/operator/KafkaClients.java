package io.tenantry.worker.operator;

import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.config.read.InvalidSettingsException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's clients for an operator: they connect and log in as a worker's do, and have neither its consumer group nor a
 * transactional id, so that no command is in a worker's way. The caller closes them.
 */
public final class KafkaClients {
    /** After which a call fails, retries included. */
    public static final Duration LONGEST_CALL = Duration.ofSeconds(15);
    /** How long closing a client may take, when nothing waits to be sent. */
    public static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);

    private final KafkaSettings kafka;

    KafkaClients(KafkaSettings kafka) {
        this.kafka = kafka;
    }

    /** The settings that the clients are made of. */
    public KafkaSettings settings() {
        return kafka;
    }

    /** Writes each record to all replicas before it is acknowledged. */
    public Producer<byte[], byte[]> producer() throws InvalidSettingsException {
        Map<String, Object> properties = properties();
        properties.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 * 1024 * 1024);
        properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        properties.remove(ProducerConfig.RETRIES_CONFIG);
        properties.remove(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION);
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, LONGEST_CALL.toMillis());
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) LONGEST_CALL.toMillis() / 2);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) LONGEST_CALL.toMillis());
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return made(() -> new KafkaProducer<>(properties));
    }

    /** Reads partitions that it is given, committed records only, and commits no offsets. */
    public Consumer<byte[], byte[]> consumer() throws InvalidSettingsException {
        Map<String, Object> properties = properties();
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        properties.remove(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
        properties.remove(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) LONGEST_CALL.toMillis());
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) LONGEST_CALL.toMillis() / 2);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        return made(() -> new KafkaConsumer<>(properties));
    }

    /** Asks about topics and offsets. */
    public Admin admin() throws InvalidSettingsException {
        Map<String, Object> properties = properties();
        properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) LONGEST_CALL.toMillis());
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) LONGEST_CALL.toMillis() / 2);
        return made(() -> Admin.create(properties));
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>(kafka.properties());
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        return properties;
    }

    private static <T> T made(Supplier<T> client) throws InvalidSettingsException {
        try {
            return client.get();
        } catch (KafkaException refusal) {
            throw invalid(refusal);
        }
    }

    /** A client refuses its settings before it connects. */
    public static InvalidSettingsException invalid(KafkaException refusal) {
        Throwable cause = refusal.getCause() == null ? refusal : refusal.getCause();
        return new InvalidSettingsException(
                List.of("kafka: " + cause.getMessage() + "; check kafka.bootstrap-servers and kafka.properties"));
    }

    /**
     * A call to Kafka has failed.
     *
     * @param what was tried, and why it failed, as in "create topic a: no answer in 15 s"
     */
    public static OperationFailedException failure(KafkaSettings kafka, String what, Throwable cause) {
        return new OperationFailedException(
                "cannot " + what + "; check that Kafka runs at kafka.bootstrap-servers (" + kafka.bootstrapServers()
                        + "), and kafka.properties",
                cause);
    }
}
