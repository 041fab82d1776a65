package io.tenantry.worker.request.run;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What the registry has said last of the halts of rollouts, whichever request asked. Many requests may wait for a thread after
 * they were looked up, so the answer may be old when its request begins. Instead, one of them asks again every 100 ms; the
 * others may learn of a halt that much later. Safe for use by many threads.
 */
final class HaltsSeen {
    private static final Duration ASK_AGAIN = Duration.ofMillis(100);
    /** Without an answer for so long, every request asks. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    private static final class Seen {
        private int halts;
        private long askedNanos;
        private long probedNanos;
    }

    private final Map<String, Seen> rollouts = new HashMap<>();

    /**
     * The registry has answered.
     *
     * @param halts of the rollout
     * @param askedNanos when it was asked or earlier, as {@link System#nanoTime}
     */
    synchronized void answered(String rollout, int halts, long askedNanos) {
        Seen seen = rollouts.get(rollout);
        if (seen == null) {
            rollouts.values().removeIf(other -> askedNanos - other.askedNanos > FRESH.toNanos());
            seen = new Seen();
            seen.halts = halts;
            seen.askedNanos = askedNanos;
            seen.probedNanos = askedNanos;
            rollouts.put(rollout, seen);
        } else {
            seen.halts = Math.max(seen.halts, halts);
            seen.askedNanos = Math.max(seen.askedNanos, askedNanos);
        }
    }

    /**
     * Whether a request asks the registry again before it begins: if the rollout was halted after the attempt was made, or if
     * that may be. If so, the caller must ask: for the next 100 ms the others are told that they need not.
     *
     * @param halts of the rollout when the attempt was made
     * @param nowNanos as {@link System#nanoTime}
     */
    synchronized boolean mustAsk(String rollout, int halts, long nowNanos) {
        Seen seen = rollouts.get(rollout);
        if (seen == null || seen.halts > halts || nowNanos - seen.askedNanos > FRESH.toNanos()) {
            return true;
        }
        if (nowNanos - Math.max(seen.askedNanos, seen.probedNanos) > ASK_AGAIN.toNanos()) {
            seen.probedNanos = nowNanos;
            return true;
        }
        return false;
    }
}
