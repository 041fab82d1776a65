package io.tenantry.worker.request;

import java.util.HashMap;
import java.util.Map;

/**
 * How long a request has waited in this worker, by subject, and how often it failed. It survives a rebalance that takes
 * the partition away and back; otherwise frequent rebalances would make a wait endless. Safe for use by many threads.
 */
public final class Patience {
    private final Map<String, Long> sinceNanos = new HashMap<>();
    private int failed;

    /**
     * When the wait for this subject began.
     *
     * @param nowNanos when it begins, if it has not yet; as {@link System#nanoTime}
     */
    public synchronized long since(String what, long nowNanos) {
        return sinceNanos.computeIfAbsent(what, begins -> nowNanos);
    }

    /** The wait for this subject begins with the next call of {@link #since}. */
    public synchronized void forget(String what) {
        sinceNanos.remove(what);
    }

    /** One more attempt failed. */
    public synchronized void attemptFailed() {
        failed++;
    }

    /** Attempts that failed. */
    public synchronized int failed() {
        return failed;
    }

    /** Whether there is nothing to remember. */
    public synchronized boolean isNew() {
        return failed == 0 && sinceNanos.isEmpty();
    }
}
