package io.tenantry.worker.housekeeping;

import io.tenantry.worker.postgres.home.TenantHome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/** Homes that were just onboarded or upgraded and wait for a look, in their order. Safe for use by many threads. */
final class WaitingSamples {
    private static final int MOST = 1000;
    /** The result of its request is published by then, if Kafka answers. */
    private static final Duration DELAY = Duration.ofSeconds(1);

    private final LongSupplier nanoTime;
    private final Deque<Sample> samples = new ArrayDeque<>();

    /** @param triesBefore how many looks have seen nothing of it */
    record Sample(TenantHome home, int triesBefore, long fromNanos) {}

    /** @param nanoTime as {@link System#nanoTime} */
    WaitingSamples(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** False if it was dropped, since too many wait. */
    synchronized boolean add(TenantHome home, int triesBefore) {
        return samples.size() < MOST
                && samples.add(new Sample(home, triesBefore, nanoTime.getAsLong() + DELAY.toNanos()));
    }

    synchronized boolean isDue() {
        Sample first = samples.peek();
        return first != null && nanoTime.getAsLong() - first.fromNanos() >= 0;
    }

    /** Takes the first one; there is one if {@link #isDue} said so to the only thread that takes. */
    synchronized Sample remove() {
        return samples.remove();
    }
}
