package io.tenantry.worker.drift.check;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** The paths that were added in the last minute. Safe for use by many threads. */
final class RecentPaths {
    private static final Duration RECENT = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    private final Map<String, Long> added = new HashMap<>();

    /** @param nanoTime as {@link System#nanoTime} */
    RecentPaths(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Adds a path; one that is there already does not get younger. */
    synchronized void add(String key) {
        forgetOldOnes();
        added.putIfAbsent(key, nanoTime.getAsLong());
    }

    synchronized boolean contains(String key) {
        forgetOldOnes();
        return added.containsKey(key);
    }

    private void forgetOldOnes() {
        long now = nanoTime.getAsLong();
        added.values().removeIf(since -> now - since > RECENT.toNanos());
    }
}
