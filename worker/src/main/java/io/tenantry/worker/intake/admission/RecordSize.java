package io.tenantry.worker.intake.admission;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** How much memory a record takes. */
public final class RecordSize {
    /** Of a header, besides its key and its value. */
    private static final int HEADER_BYTES = 100;

    private RecordSize() {}

    /** The bytes of key, value and headers. */
    public static long of(ConsumerRecord<byte[], byte[]> received) {
        long bytes = (long) Math.max(0, received.serializedKeySize()) + Math.max(0, received.serializedValueSize());
        for (Header header : received.headers()) {
            bytes += HEADER_BYTES + header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return bytes;
    }
}
