package io.tenantry.worker.rollout;

import io.tenantry.worker.registry.rollout.RolloutTable.Look;
import io.tenantry.worker.timing.GrowingInterval;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Says when to send unanswered attempts again. An attempt may have been claimed and never sent: its commit had no answer, or
 * the partition went away in that moment. Kafka may have deleted it unread. If it was sent, the repeat waits for the answer
 * of the first one and changes nothing. For the driver's thread alone.
 */
final class ResendTimer {
    private static final GrowingInterval FIRST = new GrowingInterval(Duration.ofSeconds(30), Duration.ofHours(1));

    private record Unanswered(String progress, long dueNanos, GrowingInterval interval) {}

    private final LongSupplier nanoTime;
    private final Map<String, Unanswered> rollouts = new HashMap<>();

    ResendTimer(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether the rollout has not changed for an interval, which doubles each time. */
    boolean isDue(Look rollout) {
        long now = nanoTime.getAsLong();
        Unanswered last = rollouts.get(rollout.rollout());
        if (last == null || !last.progress().equals(rollout.progress())) {
            put(rollout, now, FIRST);
            return false;
        }
        if (now - last.dueNanos() < 0) {
            return false;
        }
        put(rollout, now, last.interval().next());
        return rollout.inFlight() > 0;
    }

    private void put(Look rollout, long now, GrowingInterval interval) {
        rollouts.put(
                rollout.rollout(),
                new Unanswered(rollout.progress(), now + interval.current().toNanos(), interval));
    }

    /** Forgets all others. */
    void retain(Collection<Look> looks) {
        rollouts.keySet().retainAll(looks.stream().map(Look::rollout).collect(Collectors.toSet()));
    }
}
