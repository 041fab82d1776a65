package io.tenantry.worker.registry.rollout;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The time of the registry, for comparison with times that the registry has written: all of them are of one clock. If that
 * clock steps, a soak time or a grace period ends earlier or later by as much.
 */
public record RegistryTime(Instant now) {
    /** Whether this time is over; null counts as over. */
    public boolean isOver(@Nullable Instant until) {
        return until == null || !now.isBefore(until);
    }

    /** So much later than now. */
    public Instant plus(Duration time) {
        return now.plus(time);
    }
}
