package io.tenantry.worker.housekeeping;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Who goes first if both a sample and a home of the sweep are due. The sweep has a time of its own from home to home, which
 * samples do not make longer; where that is as short as a look, both take turns. For one thread.
 */
final class LookTurns {
    private final LongSupplier nanoTime;
    private boolean hasSwept;
    private long sweptNanos;
    private boolean wasSweep;

    /** @param nanoTime as {@link System#nanoTime} */
    LookTurns(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Whether a home of the sweep is next, if there is one.
     *
     * @param gap from one home of the sweep to the next
     */
    boolean isForSweep(Duration gap, boolean isSampleDue) {
        boolean isDue = !hasSwept || nanoTime.getAsLong() - sweptNanos >= gap.toNanos();
        return isDue && (!isSampleDue || !wasSweep);
    }

    /** The time until a home of the sweep is due, at most so long. */
    Duration untilSweep(Duration gap, Duration longest) {
        Duration left = hasSwept ? gap.minusNanos(nanoTime.getAsLong() - sweptNanos) : Duration.ZERO;
        return left.isNegative() || left.isZero() || left.compareTo(longest) > 0 ? longest : left;
    }

    /** A home of the sweep is next. */
    void sweep() {
        hasSwept = true;
        sweptNanos = nanoTime.getAsLong();
        wasSweep = true;
    }

    /** The home of the sweep that was next could not be looked at: another one may follow at once. */
    void giveBack() {
        hasSwept = false;
    }

    /** A sample is next. */
    void sample() {
        wasSweep = false;
    }
}
