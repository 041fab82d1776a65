package io.tenantry.worker.guarantee;

import io.tenantry.worker.rollout.Outgoing;
import io.tenantry.worker.rollout.Rollouts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An outbox as the registry has it, for the partition 0: each loop publishes from it what the metadata of its partition does
 * not cover, and sends the requests that belong to that. Safe for use by many threads.
 */
final class MemoryOutbox {
    private record Entry(Outgoing.StateChange event, Outgoing.Attempt attempt) {}

    private final List<Entry> entries = new ArrayList<>();
    private final AtomicInteger owners = new AtomicInteger();

    /** Adds the next event, and a request. */
    synchronized void append(Outgoing.StateChange event, Outgoing.Attempt attempt) {
        entries.add(new Entry(event, attempt));
    }

    /** The position of the last event. */
    synchronized long last() {
        return entries.size();
    }

    /** How often a loop got the partition. */
    int owners() {
        return owners.get();
    }

    private synchronized List<Outgoing> after(long position, int limit) {
        List<Outgoing> next = new ArrayList<>();
        for (Entry entry : entries.subList((int) position, entries.size())) {
            if (next.size() + 2 <= limit) {
                next.add(entry.attempt());
                next.add(entry.event());
            }
        }
        return next;
    }

    Rollouts forOneLoop() {
        return new OfOneLoop();
    }

    /** For the poll thread alone. */
    private final class OfOneLoop implements Rollouts {
        private OptionalLong handed = OptionalLong.empty();

        @Override
        public void arrived(Map<Integer, OptionalLong> partitions) {
            owners.incrementAndGet();
            handed = OptionalLong.of(
                    partitions.getOrDefault(0, OptionalLong.empty()).orElse(0));
        }

        @Override
        public void left(Set<Integer> partitions) {
            handed = OptionalLong.empty();
        }

        @Override
        public void receive(Verb verb) {
            throw new AssertionError(verb);
        }

        @Override
        public void drain() {}

        @Override
        public boolean isIdle() {
            return true;
        }

        @Override
        public List<Answered> takeAnswered() {
            return List.of();
        }

        @Override
        public boolean hasOutgoing() {
            return handed.isPresent() && handed.getAsLong() < last();
        }

        @Override
        public List<Outgoing> takeOutgoing(int limit) {
            List<Outgoing> next = after(handed.getAsLong(), limit);
            handed = OptionalLong.of(handed.getAsLong() + next.size() / 2);
            return next;
        }

        @Override
        public void published(List<Outgoing> outgoing) {}

        @Override
        public void refused(Outgoing outgoing, String reason) {
            throw new AssertionError(outgoing + ": " + reason);
        }

        @Override
        public boolean isActive() {
            return true;
        }
    }
}
