package io.tenantry.worker.operator.deadletters;

import io.tenantry.contracts.DeadLetter;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Reads the headers of records in dead-letter topics. Without state. */
final class DeadLetterHeaders {
    /** On a record that was sent again: the place of the dead letter. */
    static final String REPLAY_OF = "tenantry.replay.of";

    private static final String FIRST_OF_OURS = "__dlq.errors.";

    private final EventCodec codec = new EventCodec();

    /** @param topic that the dead letters came from */
    DeadLetterRecord read(ConsumerRecord<byte[], byte[]> record, Topic topic) {
        @Nullable Place origin = origin(record.headers());
        byte @Nullable [] key = record.key();
        return new DeadLetterRecord(
                new Place(record.topic(), record.partition(), record.offset()),
                origin,
                Instant.ofEpochMilli(record.timestamp()),
                text(record.headers(), DeadLetter.CODE),
                text(record.headers(), DeadLetter.MESSAGE),
                key == null ? null : new String(key, StandardCharsets.UTF_8),
                origin == null ? null : identity(record, origin, topic),
                Optional.ofNullable(text(record.headers(), REPLAY_OF))
                        .flatMap(Place::of)
                        .orElse(null),
                record.value() != null);
    }

    private static @Nullable Place origin(Headers headers) {
        @Nullable String topic = text(headers, DeadLetter.TOPIC);
        return topic == null
                ? null
                : Place.of(topic + "/" + text(headers, DeadLetter.PARTITION) + "/" + text(headers, DeadLetter.OFFSET))
                        .orElse(null);
    }

    /** A record of plain JSON has its place as its identity, so its copy has another one. */
    private DeadLetterRecord.@Nullable Identity identity(
            ConsumerRecord<byte[], byte[]> record, Place origin, Topic topic) {
        if (record.value() == null) {
            return null;
        }
        ConsumerRecord<byte[], byte[]> received = new ConsumerRecord<>(
                origin.topic(),
                origin.partition(),
                origin.offset(),
                record.timestamp(),
                TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                record.key(),
                record.value(),
                original(record.headers()),
                Optional.empty());
        try {
            Event<?> event = codec.decode(received, topic);
            return event.source().equals("kafka:" + origin.topic())
                    ? null
                    : new DeadLetterRecord.Identity(event.source(), event.id(), event.type());
        } catch (InvalidEventException undecodable) {
            return null;
        }
    }

    /** The headers that the record had before it became a dead letter. */
    static RecordHeaders original(Headers headers) {
        RecordHeaders original = new RecordHeaders();
        for (Header header : headers) {
            if (!header.key().startsWith(FIRST_OF_OURS)
                    && !header.key().equals(DeadLetter.CODE)
                    && !header.key().equals(REPLAY_OF)) {
                original.add(header);
            }
        }
        return original;
    }

    static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
