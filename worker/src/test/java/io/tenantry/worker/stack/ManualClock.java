package io.tenantry.worker.stack;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that stands still until it is told to go on: the time of day, which can also step, and a monotonic time, which
 * cannot. Safe for use by any thread.
 */
public final class ManualClock extends Clock {
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    /** It may begin anywhere, and overflows soon, as System.nanoTime may. */
    private long nanos = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();

    /** Goes on. */
    public synchronized void advance(Duration by) {
        now = now.plus(by);
        nanos += by.toNanos();
    }

    /** Sets the time of day forward, or back by a negative duration; the monotonic time stands still. */
    public synchronized void step(Duration by) {
        now = now.plus(by);
    }

    /** Stands for {@link System#nanoTime}. */
    public synchronized long nanoTime() {
        return nanos;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("this clock stays in UTC");
    }
}
