package io.tenantry.contracts;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event whose data is JSON already, so that a stored result can be published later byte for byte. The array is not
 * copied: do not change it.
 *
 * @param type the {@code ce_type}
 * @param time null means none
 * @param traceparent null means none
 * @param key the key of the Kafka record
 * @param data the JSON of the data, in UTF-8
 */
@SuppressWarnings(
        "ArrayRecordComponent") // The bytes are the point; equals, hashCode and toString are written for them.
public record EncodedEvent(
        String id,
        String source,
        String type,
        @Nullable Instant time,
        @Nullable String traceparent,
        String key,
        byte[] data) {

    public EncodedEvent {
        Objects.requireNonNull(id, "id is missing");
        Objects.requireNonNull(source, "source is missing");
        Objects.requireNonNull(type, "type is missing");
        Objects.requireNonNull(key, "key is missing");
        Objects.requireNonNull(data, "data is missing");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EncodedEvent that
                && id.equals(that.id)
                && source.equals(that.source)
                && type.equals(that.type)
                && Objects.equals(time, that.time)
                && Objects.equals(traceparent, that.traceparent)
                && key.equals(that.key)
                && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, source, type, time, traceparent, key, Arrays.hashCode(data));
    }

    @Override
    public String toString() {
        return "EncodedEvent[" + type + ", id " + id + ", source " + source + ", key " + key + ", " + data.length
                + " bytes]";
    }
}
