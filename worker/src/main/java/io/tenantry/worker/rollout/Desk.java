package io.tenantry.worker.rollout;

import io.tenantry.worker.rollout.Rollouts.Answered;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What passes between the poll thread and the driver's thread. Nothing of a partition that went away stays or is added. Safe
 * for use by both threads; nothing but {@link #await} blocks.
 */
final class Desk {
    /** A verb that waits, and the partition that it came from. */
    record Waiting(Rollouts.Verb verb, OwnedPartition partition) {}

    /** An attempt that can never be published, and why. */
    record Refused(Outgoing.Attempt attempt, String reason) {}

    private final Map<Integer, OwnedPartition> owned = new HashMap<>();
    private final Deque<Waiting> verbs = new ArrayDeque<>();
    private final List<Answered> answered = new ArrayList<>();
    private final Deque<Outgoing> outgoing = new ArrayDeque<>();
    private final List<Outgoing> unpublished = new ArrayList<>();
    private final List<Outgoing.StateChange> unmarked = new ArrayList<>();
    private @Nullable Waiting executing;
    private final List<Refused> refused = new ArrayList<>();
    private boolean draining;
    private boolean active;
    private boolean signalled;

    synchronized void arrived(Map<Integer, OptionalLong> partitions) {
        partitions.forEach((number, published) -> owned.put(number, new OwnedPartition(number, published)));
        signal();
    }

    synchronized void left(Set<Integer> partitions) {
        owned.keySet().removeAll(partitions);
        verbs.removeIf(waiting -> partitions.contains(waiting.partition().number()));
        answered.removeIf(answer -> partitions.contains(answer.ref().partition()));
        outgoing.removeIf(next -> partitions.contains(next.partition()));
        unpublished.removeIf(next -> partitions.contains(next.partition()));
        refused.removeIf(next -> partitions.contains(next.attempt().partition()));
    }

    synchronized void receive(Rollouts.Verb verb) {
        OwnedPartition partition = owned.get(verb.ref().partition());
        if (partition == null) {
            throw new IllegalStateException(
                    "partition " + verb.ref().partition() + " of " + verb.ref().topic() + " has not arrived");
        }
        verbs.add(new Waiting(verb, partition));
        signal();
    }

    synchronized void drain() {
        draining = true;
        verbs.clear();
    }

    synchronized boolean isDraining() {
        return draining;
    }

    synchronized boolean isIdle() {
        return executing == null
                && outgoing.isEmpty()
                && unpublished.isEmpty()
                && answered.isEmpty()
                && refused.isEmpty();
    }

    synchronized List<Answered> takeAnswered() {
        List<Answered> taken = List.copyOf(answered);
        answered.clear();
        return taken;
    }

    synchronized boolean hasOutgoing() {
        return !outgoing.isEmpty();
    }

    synchronized List<Outgoing> takeOutgoing(int limit) {
        List<Outgoing> taken = new ArrayList<>();
        while (taken.size() < limit && !outgoing.isEmpty()) {
            taken.add(outgoing.remove());
        }
        unpublished.addAll(taken);
        return List.copyOf(taken);
    }

    synchronized void published(List<Outgoing> published) {
        unpublished.removeAll(published);
        for (Outgoing next : published) {
            if (next instanceof Outgoing.StateChange change) {
                unmarked.add(change);
            }
        }
        signal();
    }

    synchronized void refused(Outgoing outgoing, String reason) {
        if (outgoing instanceof Outgoing.Attempt attempt) {
            unpublished.remove(attempt);
            refused.add(new Refused(attempt, reason));
            signal();
        } else {
            published(List.of(outgoing));
        }
    }

    /** The attempts that can never be published, each until {@link #failed} is called for it. */
    synchronized List<Refused> refused() {
        return List.copyOf(refused);
    }

    /** The members of these attempts have failed, in the registry. */
    synchronized void failed(List<Refused> written) {
        refused.removeAll(written);
    }

    synchronized boolean isActive() {
        return active || !verbs.isEmpty() || !outgoing.isEmpty() || !refused.isEmpty();
    }

    /** Whether results of requests are expected soon. */
    synchronized void active(boolean now) {
        active = now;
    }

    /** The first verb, which the driver executes now; empty if there is none. It stays the first until it is answered. */
    synchronized Optional<Waiting> nextVerb() {
        executing = verbs.peek();
        return Optional.ofNullable(executing);
    }

    /** The verb could not be executed; it is the next one again. */
    synchronized void notExecuted() {
        executing = null;
    }

    /** The verb is executed; it is dropped if its partition went away meanwhile: its next owner finds it executed. */
    synchronized void answered(Waiting done, @Nullable String deadLetter) {
        executing = null;
        verbs.remove(done);
        if (isOwned(done.partition())) {
            answered.add(new Answered(done.verb().ref(), deadLetter));
        }
    }

    /** The partitions that are owned now. */
    synchronized List<OwnedPartition> partitions() {
        return List.copyOf(owned.values());
    }

    private boolean isOwned(OwnedPartition partition) {
        return owned.get(partition.number()) == partition;
    }

    /** Where publishing goes on in a partition that was taken over. */
    synchronized void begun(OwnedPartition partition, long position, List<Outgoing.Attempt> attempts) {
        partition.handedUpTo(position);
        hand(partition, attempts);
    }

    /** Hands over attempts; they are dropped if the partition went away: its next owner sends them again. */
    synchronized void hand(OwnedPartition partition, List<Outgoing.Attempt> attempts) {
        if (isOwned(partition)) {
            outgoing.addAll(attempts);
        }
    }

    /** Hands over the next event of a partition. */
    synchronized void handEvent(OwnedPartition partition, Outgoing.StateChange event) {
        if (isOwned(partition)) {
            outgoing.add(event);
            partition.handedUpTo(event.position());
        }
    }

    /** How many are handed over and not in Kafka. */
    synchronized int unpublished() {
        return outgoing.size() + unpublished.size();
    }

    /** The events that were published, each until {@link #marked} is called for it. */
    synchronized List<Outgoing.StateChange> unmarked() {
        return List.copyOf(unmarked);
    }

    /** The registry knows that these are published. */
    synchronized void marked(List<Outgoing.StateChange> written) {
        unmarked.removeAll(written);
    }

    private void signal() {
        signalled = true;
        notifyAll();
    }

    /** Waits for a signal of the poll thread, for this long at most. */
    synchronized void await(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        long left = atMost.toMillis();
        while (!signalled && left > 0) {
            wait(left);
            left = (end - System.nanoTime()) / 1_000_000;
        }
        signalled = false;
    }
}
