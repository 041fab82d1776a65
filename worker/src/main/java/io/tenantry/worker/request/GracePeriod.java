package io.tenantry.worker.request;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a request waits for something that another release, or a request of the other topic, may bring. For use by
 * one thread at a time.
 */
public final class GracePeriod {
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final Patience patience;
    private final String what;

    /**
     * @param patience has the time when the wait began
     * @param what the request waits for; each has a grace period of its own
     */
    public GracePeriod(Patience patience, String what) {
        this.patience = patience;
        this.what = what;
    }

    /**
     * The wait before the next check, which grows. Empty when the grace period is over; it begins with the first call.
     *
     * @param nowNanos as {@link System#nanoTime}, because a clock may step
     */
    public Optional<Duration> nextWait(Duration grace, long nowNanos) {
        Duration waited = Duration.ofNanos(nowNanos - patience.since(what, nowNanos));
        Duration left = grace.minus(waited);
        if (left.isNegative() || left.isZero()) {
            return Optional.empty();
        }
        Duration growing = waited.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : waited;
        return Optional.of(shortest(shortest(growing, LONGEST_WAIT), left));
    }

    /** Lets the grace period begin with the next call of {@link #nextWait}; returns the wait before the next check. */
    public Duration postpone() {
        patience.forget(what);
        return LONGEST_WAIT;
    }

    private static Duration shortest(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
