package io.tenantry.contracts;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One wave of a rollout, and how far it is.
 *
 * @param number from 1
 * @param of how many waves the rollout has
 * @param name null if the request gave none
 * @param counts of this wave alone
 */
public record WaveProgress(int number, int of, @Nullable String name, RolloutCounts counts) {
    public WaveProgress {
        Objects.requireNonNull(counts, "wave.counts is missing");
    }
}
