package io.tenantry.worker.registry.drift;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a home has found, to be written by {@link DriftTable#record}.
 *
 * @param home which home
 * @param begunAt when the look began, as {@link DriftTable#now} gave it before
 * @param version of the home; null if it has none, or it was not read
 * @param pathKey of what the home has had applied; null if it was not read
 * @param state not {@code UNCHECKED}
 * @param differences all of them, with full definitions; empty unless it has drifted
 * @param reason why it could not be read or compared; null otherwise
 * @param worker the id of the process that looked
 * @param sight how much its release can see in a home: a higher number sees more, or judges better
 */
public record DriftLook(
        LookedAt home,
        Instant begunAt,
        @Nullable String version,
        @Nullable String pathKey,
        DriftState state,
        List<FoundDifference> differences,
        @Nullable String reason,
        String worker,
        int sight) {
    public DriftLook {
        differences = List.copyOf(differences);
        if ((state == DriftState.DRIFTED) == differences.isEmpty()) {
            throw new IllegalArgumentException("a home of state " + state + " with " + differences.size()
                    + " differences; expected some only if it has drifted");
        }
    }
}
