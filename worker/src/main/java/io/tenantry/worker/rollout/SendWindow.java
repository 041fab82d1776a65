package io.tenantry.worker.rollout;

import io.tenantry.worker.registry.rollout.RolloutTable.Look;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Counts the recent results of each rollout, by which a rollout without a {@code concurrency} of its own may have more
 * requests unanswered. Between two upgrades of one place lie three commits, which take about as long for a quick upgrade as
 * for a slow one. So a rollout of quick upgrades needs more of them in flight to keep the servers busy. What is sent
 * ahead is about a second of work, so a rollout comes to rest about a second after a pause. For the driver's thread
 * alone.
 */
final class SendWindow {
    private static final Duration RECENT = Duration.ofSeconds(1);

    private record Sight(int worked, long atNanos) {}

    private final LongSupplier nanoTime;
    private final Map<String, Deque<Sight>> rollouts = new HashMap<>();

    SendWindow(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** How many of its requests were worked on and answered in the last second; 0 at the first look. */
    int recentlyAnswered(Look rollout) {
        long now = nanoTime.getAsLong();
        Deque<Sight> sights = rollouts.computeIfAbsent(rollout.rollout(), added -> new ArrayDeque<>());
        sights.add(new Sight(rollout.worked(), now));
        Sight base = sights.remove();
        while (!sights.isEmpty() && now - sights.element().atNanos() >= RECENT.toNanos()) {
            base = sights.remove();
        }
        sights.addFirst(base);
        // A retried member counts as unanswered again.
        return Math.max(0, rollout.worked() - base.worked());
    }

    /** Forgets all others. */
    void retain(Collection<Look> looks) {
        rollouts.keySet().retainAll(looks.stream().map(Look::rollout).collect(Collectors.toSet()));
    }
}
