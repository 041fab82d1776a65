package io.tenantry.contracts;

import com.fasterxml.jackson.databind.JsonNode;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** From Kafka records to events. */
final class RecordReader {
    private final DataJson json;
    private final Envelope envelope;
    private final Wrapping wrapping;

    RecordReader(DataJson json) {
        this.json = json;
        this.wrapping = new Wrapping(json);
        this.envelope = new Envelope(json);
    }

    Event<?> read(ConsumerRecord<byte[], byte[]> record, Topic topic) throws InvalidEventException {
        try {
            return readOrFail(record, topic);
        } catch (IllegalArgumentException e) {
            throw new InvalidEventException(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            // A fault here or in a library must cost one record, and not stop the partition.
            throw new InvalidEventException("the record could not be read because of a bug in Tenantry", e);
        }
    }

    private Event<?> readOrFail(ConsumerRecord<byte[], byte[]> record, Topic topic) throws InvalidEventException {
        byte[] value = record.value();
        if (value == null) {
            throw new InvalidEventException("the record has no value (a tombstone); expected an event");
        }
        if (value.length > EventCodec.MAX_EVENT_BYTES) {
            throw new InvalidEventException(
                    "the value has " + value.length + " bytes; expected at most " + EventCodec.MAX_EVENT_BYTES);
        }
        try {
            return read(value, new ReceivedHeaders(record.headers()), record, topic);
        } catch (InvalidEventException e) {
            throw with(wrapping.ofValue(value), e);
        }
    }

    /** The content type decides whether the event is in the value, whatever other headers there are. */
    private Event<?> read(byte[] value, ReceivedHeaders headers, ConsumerRecord<byte[], byte[]> record, Topic topic)
            throws InvalidEventException {
        ContentType contentType = headers.contentType();
        if (contentType != null) {
            if (contentType.isStructured()) {
                return fromCloudEvent(envelope.fromValue(value), record, topic);
            }
            contentType.checkJson();
        }
        String unknown = headers.hasAttributes() ? null : headers.unknownSpecversion();
        if (unknown != null) {
            throw new InvalidEventException("header " + Excerpt.quoted(unknown)
                    + " looks like one of a CloudEvent, under another name; expected ce_specversion, ce_id and so on");
        }
        JsonNode tree = headers.hasAttributes() ? null : json.tree(value);
        if (tree != null && Envelope.isStructured(tree)) {
            return fromCloudEvent(envelope.fromValue(value), record, topic);
        }
        String misspelt = tree == null ? null : Envelope.misspeltSpecversion(tree);
        if (misspelt != null) {
            throw new InvalidEventException(
                    "field " + Excerpt.quoted(misspelt)
                            + " looks like one of a CloudEvent, under another name; expected specversion, id, source and so on");
        }
        try {
            return headers.hasAttributes()
                    ? fromCloudEvent(envelope.fromHeaders(headers, value), record, topic)
                    : fromPlainJson(value, record, topic);
        } catch (InvalidEventException e) {
            throw with(wrapping.ofData(value), e);
        }
    }

    private static InvalidEventException with(@Nullable String hint, InvalidEventException fault) {
        return hint == null ? fault : new InvalidEventException(fault.getMessage() + "; " + hint, fault);
    }

    private Event<?> fromCloudEvent(CloudEvent event, ConsumerRecord<byte[], byte[]> record, Topic topic)
            throws InvalidEventException {
        CloudEventData data = event.getData();
        if (data == null) {
            throw new InvalidEventException("the event has no data; expected a JSON object");
        }
        Object trace = event.getExtension(Envelope.TRACEPARENT);
        return event(
                event.getId(),
                event.getSource().toString(),
                type(event.getType(), topic),
                time(event.getTime()),
                trace == null ? Envelope.trace(record.headers()) : trace.toString(),
                data.toBytes(),
                record);
    }

    private Event<?> fromPlainJson(byte[] value, ConsumerRecord<byte[], byte[]> record, Topic topic)
            throws InvalidEventException {
        EventType type = switch (topic) {
            case TENANT_CREATED -> EventType.TENANT_CREATED;
            case MIGRATION_REQUESTED -> EventType.MIGRATION_REQUESTED;
            case ROLLOUT_REQUESTED -> EventType.ROLLOUT_REQUESTED;
            case TENANT_RESULTS, ROLLOUT_RESULTS, TENANT_DRIFT ->
                throw new InvalidEventException(
                        "the record has no ce_ headers; expected a CloudEvent on topic " + topic.baseName());
        };
        return event(
                record.partition() + "/" + record.offset() + "/" + record.timestamp(),
                "kafka:" + record.topic(),
                type,
                null,
                Envelope.trace(record.headers()),
                value,
                record);
    }

    private Event<?> event(
            String id,
            String source,
            EventType type,
            @Nullable Instant time,
            @Nullable String traceparent,
            byte[] json,
            ConsumerRecord<byte[], byte[]> record)
            throws InvalidEventException {
        EventData data = this.json.read(json, type.dataType());
        checkKey(record.key(), data.key());
        return new Event<>(id, source, type, time, traceparent, data);
    }

    private static EventType type(String type, Topic topic) throws InvalidEventException {
        return EventType.of(type)
                .filter(known -> known.topic() == topic)
                .orElseThrow(() -> new InvalidEventException("type is " + Excerpt.quoted(type) + "; expected on topic "
                        + topic.baseName() + ": "
                        + Arrays.stream(EventType.values())
                                .filter(known -> known.topic() == topic)
                                .map(EventType::type)
                                .collect(Collectors.joining(", "))));
    }

    private static @Nullable Instant time(@Nullable OffsetDateTime time) throws InvalidEventException {
        if (time == null) {
            return null;
        }
        // RFC 3339 has years of four digits; later ones do not fit into PostgreSQL either.
        if (time.getYear() < 1 || time.getYear() > 9999) {
            throw new InvalidEventException("time is " + time + "; expected a year from 0001 to 9999");
        }
        return time.toInstant();
    }

    private void checkKey(byte @Nullable [] key, String expected) throws InvalidEventException {
        if (key == null) {
            throw new InvalidEventException(
                    "the record has no key; expected " + Excerpt.quoted(expected) + ", as in the data");
        }
        String text = DataJson.utf8(key);
        if (!expected.equals(text)) {
            String wrapping = this.wrapping.ofKey(key);
            throw new InvalidEventException("the key is "
                    + (text == null ? key.length + " bytes that are not UTF-8" : Excerpt.quoted(text)) + "; expected "
                    + Excerpt.quoted(expected) + ", as in the data" + (wrapping == null ? "" : "; " + wrapping));
        }
    }
}
