package io.tenantry.worker.request;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a request waits for something that another release or the other topic may bring. For use by one thread at a
 * time.
 */
public final class GracePeriod {
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final Patience patience;
    private final String what;

    /**
     * @param patience knows since when it is waited for
     * @param what each thing that is waited for has a grace of its own
     */
    public GracePeriod(Patience patience, String what) {
        this.patience = patience;
        this.what = what;
    }

    /**
     * The wait before the next look, growing; empty when the grace, which begins with the first call, is over.
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

    /** The grace begins with the next call of {@link #nextWait}; returns the wait before the next look. */
    public Duration postpone() {
        patience.forget(what);
        return LONGEST_WAIT;
    }

    private static Duration shortest(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
