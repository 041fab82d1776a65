package io.tenantry.worker.rollout;

import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.RolloutRequested;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rollouts as the poll thread sees them. For the poll thread alone; no method blocks. */
public interface Rollouts {
    /** A {@code rollout.requested} that was received. */
    record Verb(
            RequestRef ref, RolloutRequested data, @Nullable String traceparent) {}

    /**
     * The answer to a verb is in the registry: its offset can be settled.
     *
     * @param deadLetter why it becomes a dead letter with the code {@code internal}; null if it does not
     */
    record Answered(RequestRef ref, @Nullable String deadLetter) {}

    /**
     * This worker drives the rollouts of these partitions from now on.
     *
     * @param partitions of {@code rollout.requested}, each with the position of its last published event, as the committed
     *     offset's metadata has it; empty if the metadata has none
     */
    void arrived(Map<Integer, OptionalLong> partitions);

    /** The partitions went away: nothing of them may be published any more, and their verbs are not answered. */
    void left(Set<Integer> partitions);

    /** Takes a verb; {@link #takeAnswered} returns it when it is answered, unless its partition leaves before that. */
    void receive(Verb verb);

    /** The worker drains: verbs that are not begun stay unanswered, and nothing new is sent. */
    void drain();

    /** Whether no verb is being answered, and nothing is waiting to be published; asked while it drains. */
    boolean isIdle();

    /** Takes what was answered since the last call, in the order in which it was received for each partition. */
    List<Answered> takeAnswered();

    /** Whether {@link #takeOutgoing} would return something. */
    boolean hasOutgoing();

    /**
     * Takes what is to be published next, in order. The caller publishes it, in one transaction or in several, until it is in
     * Kafka or {@link #left} was called for its partition.
     *
     * @param limit at most so many
     */
    List<Outgoing> takeOutgoing(int limit);

    /** These are in Kafka. */
    void published(List<Outgoing> outgoing);

    /**
     * This one was taken and can never be published. If it is an attempt, its member must end as failed. If it is an
     * event, it counts as published.
     *
     * @param reason for people
     */
    void refused(Outgoing outgoing, String reason);

    /**
     * Whether results of requests are expected soon, and with them something to publish: then the poll thread looks every few
     * milliseconds. False while rollouts soak, are paused or halted, or wait.
     */
    boolean isActive();
}
