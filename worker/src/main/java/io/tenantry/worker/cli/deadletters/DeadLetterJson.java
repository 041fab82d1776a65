package io.tenantry.worker.cli.deadletters;

import io.tenantry.worker.operator.deadletters.DeadLetterRecord;
import io.tenantry.worker.operator.deadletters.DeadLetterState;
import io.tenantry.worker.operator.deadletters.DeadLetterState.Fate;
import io.tenantry.worker.operator.deadletters.Place;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A dead letter in {@code --json}: the fields stay as they are, new ones may come. */
record DeadLetterJson(
        Place letter,
        @Nullable Place from,
        Instant at,
        @Nullable String code,
        @Nullable String message,
        @Nullable String key,
        @Nullable Request request,
        Fate fate,
        @Nullable Place replayOf,
        @Nullable Place deadAgain,
        boolean replayable) {
    record Request(String source, String id, String type) {}

    static DeadLetterJson of(DeadLetterState state) {
        DeadLetterRecord letter = state.letter();
        DeadLetterRecord.Identity identity = letter.identity();
        return new DeadLetterJson(
                letter.place(),
                letter.origin(),
                letter.at(),
                letter.code(),
                letter.message(),
                letter.key(),
                identity == null
                        ? null
                        : new Request(
                                identity.source(),
                                identity.id(),
                                identity.type().type()),
                state.fate(),
                letter.replayOf(),
                state.deadAgain(),
                letter.replayable());
    }
}
