package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.RolloutCounts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A wave of a rollout, and how far it is.
 *
 * @param wave from 1
 * @param name null if it has none
 * @param soak after its last result
 * @param pauseAfter whether the rollout still has to wait after it for a resume
 * @param members all of them
 * @param inFlight members whose latest attempt was sent and is not answered
 * @param counted failed members that count towards the halt
 * @param completed whether it was completed once
 */
public record WaveRow(
        int wave,
        @Nullable String name,
        Duration soak,
        boolean pauseAfter,
        int members,
        int inFlight,
        RolloutCounts counts,
        int counted,
        boolean completed) {

    /** Members without a result of their latest attempt. */
    public int pending() {
        return counts.pending();
    }

    /** For people: its number, and its name if it has one. */
    public String label() {
        return name == null ? "wave " + wave : "wave " + wave + " (" + name + ")";
    }
}
