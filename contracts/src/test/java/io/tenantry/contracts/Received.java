package io.tenantry.contracts;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** A record as a test receives it: valid at first, and then changed in one respect. */
final class Received {
    private static final EventCodec CODEC = new EventCodec();

    private final Topic topic;
    private final RecordHeaders headers = new RecordHeaders();
    private byte @Nullable [] key;
    private byte @Nullable [] value;

    private Received(Topic topic) {
        this.topic = topic;
    }

    /** Plain JSON. */
    static Received on(Topic topic) {
        return new Received(topic);
    }

    /** A binary-mode event for tenant acme. */
    static Received event(EventType type) {
        return on(type.topic())
                .header("ce_specversion", "1.0")
                .header("ce_id", "id-1")
                .header("ce_source", "/signup")
                .header("ce_type", type.type())
                .header("content-type", "application/json")
                .key("acme")
                .value("{\"tenant\":\"acme\"}");
    }

    static Received structured(Topic topic, String value) {
        return on(topic)
                .header("content-type", "application/cloudevents+json; charset=UTF-8")
                .key("acme")
                .value(value);
    }

    Received header(String name, @Nullable String value) {
        return header(name, value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    Received header(String name, byte @Nullable [] value) {
        headers.remove(name);
        headers.add(name, value);
        return this;
    }

    /** One more header, whatever there is of this name. */
    Received more(String name, @Nullable String value) {
        headers.add(name, value == null ? null : value.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    Received without(String header) {
        headers.remove(header);
        return this;
    }

    Received key(@Nullable String key) {
        return key(key == null ? null : key.getBytes(StandardCharsets.UTF_8));
    }

    Received key(byte @Nullable [] key) {
        this.key = key;
        return this;
    }

    Received value(@Nullable String value) {
        return value(value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    Received value(byte @Nullable [] value) {
        this.value = value;
        return this;
    }

    /** Partition 3, offset 1042, time 1700000000000. */
    ConsumerRecord<byte[], byte[]> record() {
        return new ConsumerRecord<>(
                topic.name("test."),
                3,
                1042,
                1_700_000_000_000L,
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                value,
                headers,
                Optional.empty());
    }

    Event<?> decode() throws InvalidEventException {
        return CODEC.decode(record(), topic);
    }

    EventData data() throws InvalidEventException {
        return decode().data();
    }

    /** The message of the exception, or an error if there is none. */
    String refusal() {
        try {
            throw new AssertionError("decoded as " + decode());
        } catch (InvalidEventException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
