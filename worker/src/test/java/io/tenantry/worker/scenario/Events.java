package io.tenantry.worker.scenario;

import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.contracts.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The producers: the signup service and the release tooling. */
public final class Events implements AutoCloseable {
    /** The source of all events. */
    public static final String SOURCE = "/test";

    private final String prefix;
    private final EventCodec codec = new EventCodec();
    private final KafkaProducer<byte[], byte[]> producer;

    Events(String bootstrapServers, String prefix) {
        this.prefix = prefix;
        this.producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                4 * 1024 * 1024,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class));
    }

    /** Publishes {@code tenant.created}; returns the event's id. */
    public String signUp(String tenant) {
        return publish(new TenantCreated(tenant, List.of(), Map.of()));
    }

    /** Publishes {@code migration.requested}; returns the event's id. */
    public String migrate(String tenant, String target, String... databases) {
        return publish(new MigrationRequested(tenant, null, List.of(databases), target, null, 1));
    }

    /** Publishes with an id of its own; returns it. */
    public String publish(TenantRequest data) {
        return publish(UUID.randomUUID().toString(), data);
    }

    /** Publishes many in this order, and waits once for the broker; returns their ids. */
    public List<String> publishAll(List<? extends TenantRequest> many) {
        List<String> ids = new ArrayList<>();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (TenantRequest data : many) {
            String id = UUID.randomUUID().toString();
            ids.add(id);
            sent.add(producer.send(encode(id, data)));
        }
        sent.forEach(Events::await);
        return ids;
    }

    /** Publishes with this id; returns it. */
    public String publish(String id, TenantRequest data) {
        send(encode(id, data));
        return id;
    }

    /** Publishes {@code rollout.requested}; returns the event's id. */
    public String publish(RolloutRequested data) {
        String id = UUID.randomUUID().toString();
        EncodedEvent event = codec.encode(new Event<>(
                id, SOURCE, EventType.ROLLOUT_REQUESTED, Instant.parse("2026-11-22T10:00:00Z"), null, data));
        send(codec.toBinaryRecord(event, Topic.ROLLOUT_REQUESTED.name(prefix)));
        return id;
    }

    /** Publishes to this partition, whatever the key says. */
    public RecordMetadata publishTo(int partition, String id, TenantRequest data) {
        ProducerRecord<byte[], byte[]> event = encode(id, data);
        return send(new ProducerRecord<>(event.topic(), partition, event.key(), event.value(), event.headers()));
    }

    /** A record for an event with this id, to be published by {@link #send}. */
    public ProducerRecord<byte[], byte[]> encode(String id, TenantRequest data) {
        EventType type = data instanceof TenantCreated ? EventType.TENANT_CREATED : EventType.MIGRATION_REQUESTED;
        EncodedEvent event =
                codec.encode(new Event<>(id, SOURCE, type, Instant.parse("2026-11-22T10:00:00Z"), null, data));
        return codec.toBinaryRecord(event, type.topic().name(prefix));
    }

    /** Publishes bytes as they are, to the topic of this base name. */
    public RecordMetadata raw(
            String topic, @Nullable String key, byte @Nullable [] value, Map<String, String> headers) {
        ProducerRecord<byte[], byte[]> next = new ProducerRecord<>(
                prefix + topic, null, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value);
        headers.forEach((name, text) -> next.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        return send(next);
    }

    /** Publishes a record as it is, and waits until the broker has it. */
    public RecordMetadata send(ProducerRecord<byte[], byte[]> next) {
        return await(producer.send(next));
    }

    private static RecordMetadata await(Future<RecordMetadata> sent) {
        try {
            return sent.get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("the event could not be published", failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
