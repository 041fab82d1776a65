package io.tenantry.worker.cli.letters;

import io.tenantry.worker.operator.letters.Letter;
import io.tenantry.worker.operator.letters.LetterState;
import io.tenantry.worker.operator.letters.LetterState.Fate;
import io.tenantry.worker.operator.letters.Place;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A dead letter in {@code --json}: the fields stay as they are, new ones may come. */
record LetterJson(
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

    static LetterJson of(LetterState state) {
        Letter letter = state.letter();
        Letter.Identity identity = letter.identity();
        return new LetterJson(
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
