package io.tenantry.worker.intake;

import io.tenantry.worker.rollout.Outgoing;
import io.tenantry.worker.rollout.Rollouts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;

/**
 * Rollouts as a test wants them: they publish what the test gives them, and answer verbs when the test says so. Safe for use by
 * many threads.
 */
public final class ScriptedRollouts implements Rollouts {
    private final Map<Integer, OptionalLong> partitions = new HashMap<>();
    private final List<Verb> received = new ArrayList<>();
    private final List<Answered> answered = new ArrayList<>();
    private final Queue<Outgoing> outgoing = new ArrayDeque<>();
    private final List<Outgoing> published = new ArrayList<>();
    private final List<Outgoing> refused = new ArrayList<>();
    private boolean draining;
    private boolean busy;

    @Override
    public synchronized void arrived(Map<Integer, OptionalLong> arrived) {
        partitions.putAll(arrived);
    }

    @Override
    public synchronized void left(Set<Integer> left) {
        partitions.keySet().removeAll(left);
        outgoing.removeIf(next -> left.contains(next.partition()));
        answered.removeIf(next -> left.contains(next.ref().partition()));
    }

    @Override
    public synchronized void receive(Verb verb) {
        if (verb.data().rollout().equals("bug")) {
            throw new IllegalStateException("thrown by a test");
        }
        received.add(verb);
    }

    @Override
    public synchronized void drain() {
        draining = true;
    }

    @Override
    public synchronized boolean isIdle() {
        return !busy && answered.isEmpty() && outgoing.isEmpty();
    }

    @Override
    public synchronized List<Answered> takeAnswered() {
        List<Answered> taken = List.copyOf(answered);
        answered.clear();
        return taken;
    }

    @Override
    public synchronized boolean hasOutgoing() {
        return !outgoing.isEmpty();
    }

    @Override
    public synchronized List<Outgoing> takeOutgoing(int limit) {
        List<Outgoing> taken = new ArrayList<>();
        while (taken.size() < limit && !outgoing.isEmpty()) {
            taken.add(outgoing.remove());
        }
        return taken;
    }

    @Override
    public synchronized void published(List<Outgoing> now) {
        published.addAll(now);
    }

    @Override
    public synchronized void refused(Outgoing one, String reason) {
        refused.add(one);
    }

    @Override
    public synchronized boolean isActive() {
        return busy;
    }

    /** To be published, after what is there already. */
    public synchronized void publish(List<? extends Outgoing> next) {
        outgoing.addAll(next);
    }

    /** The verb is answered. */
    public synchronized void answer(Answered answer) {
        answered.add(answer);
    }

    /** Whether a verb is being answered, or results are expected. */
    public synchronized void busy(boolean now) {
        busy = now;
    }

    /** The partitions that are here, as they arrived. */
    public synchronized Map<Integer, OptionalLong> partitions() {
        return Map.copyOf(partitions);
    }

    public synchronized List<Verb> received() {
        return List.copyOf(received);
    }

    public synchronized List<Outgoing> published() {
        return List.copyOf(published);
    }

    public synchronized List<Outgoing> refused() {
        return List.copyOf(refused);
    }

    public synchronized boolean isDraining() {
        return draining;
    }
}
