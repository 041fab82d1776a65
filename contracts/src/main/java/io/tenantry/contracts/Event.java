package io.tenantry.contracts;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A CloudEvent of Tenantry. {@code source} and {@code id} together are its identity.
 *
 * @param id 1 to 512 bytes of UTF-8 without control characters
 * @param source the same; a URI reference, kept character by character
 * @param time null if the producer gave none
 * @param traceparent the trace it belongs to, as W3C Trace Context writes it; null means none
 * @param data of the class that {@link EventType#dataType()} says
 */
public record Event<T extends EventData>(
        String id,
        String source,
        EventType type,
        @Nullable Instant time,
        @Nullable String traceparent,
        T data) {

    /** @throws IllegalArgumentException if id or source is not as above, or the data is not of this type */
    public Event {
        Rules.identity("id", id);
        Rules.identity("source", source);
        Objects.requireNonNull(type, "type is missing");
        Objects.requireNonNull(data, "data is missing");
        if (!type.dataType().isInstance(data)) {
            throw new IllegalArgumentException("data is a " + data.getClass().getSimpleName() + "; an event "
                    + type.type() + " has a " + type.dataType().getSimpleName());
        }
    }
}
