package io.tenantry.worker.lane;

import io.tenantry.worker.config.RetrySettings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The delay before each attempt: exponential, with jitter, up to a maximum number of attempts. Immutable. */
public final class Backoff {
    /** Plus or minus a half, also at the longest delay, so that tasks that failed together are not repeated together. */
    private static final double JITTER = 0.5;

    private final RetrySettings settings;

    /** A policy for all tasks. */
    public Backoff(RetrySettings settings) {
        this.settings = settings;
    }

    /**
     * The delay before the next attempt; empty if none is left.
     *
     * @param failed how many attempts have failed, at least 1
     */
    Optional<Duration> delayAfter(int failed) {
        if (failed >= settings.maxAttempts()) {
            return Optional.empty();
        }
        double longest = settings.maxDelay().toMillis();
        double doubled = settings.initialDelay().toMillis() * Math.pow(2, failed - 1);
        double least = Math.min(doubled, longest) * (1 - JITTER);
        double most = Math.min(doubled * (1 + JITTER), longest);
        double delay = least + ThreadLocalRandom.current().nextDouble() * (most - least);
        return Optional.of(Duration.ofMillis(Math.round(delay)));
    }
}
