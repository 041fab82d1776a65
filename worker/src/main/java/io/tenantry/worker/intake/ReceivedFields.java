package io.tenantry.worker.intake;

import io.tenantry.worker.telemetry.LogFields;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** The log fields of a record that is not understood: where it is, and what its headers say of its identity. */
final class ReceivedFields {
    private ReceivedFields() {}

    static LogFields of(ConsumerRecord<byte[], byte[]> received) {
        @Nullable String trace = header(received, "ce_traceparent");
        return LogFields.of(received.topic(), received.partition(), received.offset())
                .and(LogFields.REQUEST_ID, header(received, "ce_id"))
                .and(LogFields.TRACEPARENT, trace == null ? header(received, "traceparent") : trace);
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> received, String name) {
        Header header = received.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
