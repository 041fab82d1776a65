package io.tenantry.worker.intake;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.InvalidEventException;
import io.tenantry.contracts.RolloutAction;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.worker.intake.admission.RecordSize;
import io.tenantry.worker.intake.client.TopicNames;
import io.tenantry.worker.rollout.Rollouts;
import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.settle.Settled;
import io.tenantry.worker.telemetry.RolloutMeters;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The way of records of {@code rollout.requested} to the {@link Rollouts} and of their answers back. They have no lane and are
 * never parked: a verb is one short transaction in the registry. For the poll thread alone.
 */
final class RolloutIntake {
    /** Unanswered verbs at which no more are read: the registry may be away for long. */
    private static final int MOST_VERBS = 100;
    /** The same in bytes of their records; most verbs have a few hundred. */
    private static final long MOST_BYTES = 2 << 20;

    private record Pending(ConsumerRecord<byte[], byte[]> received, RolloutAction action) {}

    private final TopicNames topics;
    private final RecordDecoder decoder;
    private final Rollouts rollouts;
    private final DeadLetters deadLetters;
    private final RolloutMeters meters;
    private final Map<Coordinates, Pending> pending = new HashMap<>();

    RolloutIntake(
            TopicNames topics,
            RecordDecoder decoder,
            Rollouts rollouts,
            DeadLetters deadLetters,
            RolloutMeters meters) {
        this.topics = topics;
        this.decoder = decoder;
        this.rollouts = rollouts;
        this.deadLetters = deadLetters;
        this.meters = meters;
    }

    /** Whether it is a partition of {@code rollout.requested}. */
    boolean has(TopicPartition partition) {
        return partition.topic().equals(topics.rollouts());
    }

    /** The committed offsets of partitions were read, of this topic or another. */
    void known(Map<TopicPartition, OptionalLong> eventPositions) {
        Map<Integer, OptionalLong> mine = eventPositions.entrySet().stream()
                .filter(next -> has(next.getKey()))
                .collect(Collectors.toMap(next -> next.getKey().partition(), Map.Entry::getValue));
        if (!mine.isEmpty()) {
            rollouts.arrived(mine);
        }
    }

    /** Partitions went away, of this topic or another: their next owner reads their unanswered verbs again. */
    void left(Set<TopicPartition> partitions) {
        Set<Integer> mine = partitions.stream()
                .filter(this::has)
                .map(TopicPartition::partition)
                .collect(Collectors.toSet());
        if (!mine.isEmpty()) {
            pending.keySet().removeIf(coordinates -> partitions.contains(coordinates.partition()));
            rollouts.left(mine);
        }
    }

    /** Takes a record that is not settled; nothing happens if it is on its way already. */
    void receive(ConsumerRecord<byte[], byte[]> received) {
        Coordinates coordinates = Coordinates.of(received);
        if (pending.containsKey(coordinates)) {
            return;
        }
        try {
            RecordDecoder.Decoded decoded = decoder.decode(received);
            RolloutRequested data = (RolloutRequested) decoded.event().data();
            rollouts.receive(
                    new Rollouts.Verb(decoded.ref(), data, decoded.event().traceparent()));
            pending.put(coordinates, new Pending(received, data.action()));
            meters.verbReceived(data.action());
        } catch (InvalidEventException invalid) {
            deadLetters.invalid(received, invalid);
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (RuntimeException | Error bug) {
            deadLetters.ofBug(received, ReceivedFields.of(received), bug);
        }
    }

    /** Settles the verbs that are answered. */
    void settle() {
        for (Rollouts.Answered answered : rollouts.takeAnswered()) {
            Coordinates coordinates = Coordinates.of(answered.ref());
            Pending done = pending.remove(coordinates);
            if (done != null) {
                String reason = answered.deadLetter();
                deadLetters
                        .answer()
                        .accept(
                                reason == null
                                        ? new Settled.Silent(coordinates)
                                        : new Settled.Dead(coordinates, ErrorCode.INTERNAL, reason),
                                done.received());
                meters.verbAnswered(done.action());
            }
        }
    }

    /** Whether no more should be read for now. */
    boolean isFull() {
        return pending.size() >= MOST_VERBS
                || pending.values().stream()
                                .mapToLong(verb -> RecordSize.of(verb.received()))
                                .sum()
                        >= MOST_BYTES;
    }

    /** Whether an answer or something to publish may come soon. */
    boolean isActive() {
        return !pending.isEmpty() || rollouts.isActive();
    }

    /** The worker drains. May be called again. */
    void drain() {
        rollouts.drain();
    }

    /** Whether nothing is being answered or published; asked while it drains. */
    boolean isIdle() {
        return rollouts.isIdle();
    }
}
