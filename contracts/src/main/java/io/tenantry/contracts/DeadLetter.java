package io.tenantry.contracts;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** A record that was put aside: as it was received, with headers that say where it was and why it is here. */
public final class DeadLetter {
    /** The names that Kafka Connect uses for the same, so that tools for those dead letters work here. */
    public static final String TOPIC = "__dlq.errors.topic";

    public static final String PARTITION = "__dlq.errors.partition";
    public static final String OFFSET = "__dlq.errors.offset";
    public static final String GROUP = "__dlq.errors.group";
    public static final String MESSAGE = "__dlq.errors.message";
    public static final String CODE = "tenantry.error.code";

    private static final int MAX_MESSAGE_LENGTH = 2000;

    private DeadLetter() {}

    /**
     * A dead letter with the key, value and headers as received. If the record was a dead letter before, those headers
     * are replaced.
     *
     * @param deadLetterTopic the name of the topic, with its prefix
     * @param message one line for people; cut to 2000 characters
     */
    public static ProducerRecord<byte[], byte[]> record(
            ConsumerRecord<byte[], byte[]> received,
            String deadLetterTopic,
            String group,
            ErrorCode code,
            String message) {
        RecordHeaders headers = new RecordHeaders(received.headers());
        return record(received, received.key(), received.value(), headers, deadLetterTopic, group, code, message);
    }

    /** The same without the value, for a record that is too large for the dead-letter topic. */
    public static ProducerRecord<byte[], byte[]> headersOnly(
            ConsumerRecord<byte[], byte[]> received,
            String deadLetterTopic,
            String group,
            ErrorCode code,
            String message) {
        RecordHeaders headers = new RecordHeaders(received.headers());
        return record(received, received.key(), null, headers, deadLetterTopic, group, code, message);
    }

    /** Only where it is and why, for a record whose key and headers are too large as well. */
    public static ProducerRecord<byte[], byte[]> coordinatesOnly(
            ConsumerRecord<byte[], byte[]> received,
            String deadLetterTopic,
            String group,
            ErrorCode code,
            String message) {
        return record(received, null, null, new RecordHeaders(), deadLetterTopic, group, code, message);
    }

    private static ProducerRecord<byte[], byte[]> record(
            ConsumerRecord<byte[], byte[]> received,
            byte @Nullable [] key,
            byte @Nullable [] value,
            RecordHeaders headers,
            String deadLetterTopic,
            String group,
            ErrorCode code,
            String message) {
        set(headers, TOPIC, received.topic());
        set(headers, PARTITION, Integer.toString(received.partition()));
        set(headers, OFFSET, Long.toString(received.offset()));
        set(headers, GROUP, group);
        set(headers, MESSAGE, Excerpt.cut(message, MAX_MESSAGE_LENGTH));
        set(headers, CODE, code.code());
        return new ProducerRecord<>(deadLetterTopic, null, key, value, headers);
    }

    private static void set(RecordHeaders headers, String name, String value) {
        headers.remove(name);
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
