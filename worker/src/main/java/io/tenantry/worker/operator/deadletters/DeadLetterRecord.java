package io.tenantry.worker.operator.deadletters;

import io.tenantry.contracts.EventType;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter without its value.
 *
 * @param place in its dead-letter topic
 * @param origin the place of the record that became this dead letter; null if its headers do not name it
 * @param at when it was written
 * @param code why it is here; null if its headers do not say that
 * @param message the same for people; null if there is none
 * @param key of the record, as UTF-8; null if it has none
 * @param identity of the request; null if the record cannot be decoded, or has none of its own
 * @param replayOf the dead letter that was sent again as the record of this one; null if none was
 * @param replayable whether its value was kept; it was not if it was too large
 */
public record DeadLetterRecord(
        Place place,
        @Nullable Place origin,
        Instant at,
        @Nullable String code,
        @Nullable String message,
        @Nullable String key,
        @Nullable Identity identity,
        @Nullable Place replayOf,
        boolean replayable) {
    /** The identity of a request; a copy of its record has the same. */
    public record Identity(String source, String id, EventType type) {}
}
