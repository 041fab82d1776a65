package io.tenantry.worker.registry.rollout;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A wave of a rollout, and how far it is.
 *
 * @param number from 1
 * @param name null if it has none
 * @param soak how long nothing is begun after its last result; zero means not at all
 * @param pauseAfter whether the rollout waits after it until it is resumed
 * @param counts of its members
 */
public record WaveView(
        int number, @Nullable String name, Duration soak, boolean pauseAfter, MemberCounts counts, Progress progress) {

    /** Whether it was begun, and whether it has ended. */
    public enum Progress {
        NOT_BEGUN,
        BEGUN,
        COMPLETED
    }
}
