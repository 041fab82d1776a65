package io.tenantry.worker.intake.poll;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls so that one partition that cannot be read (a corrupt batch, for example) does not stop the others. The consumer
 * then throws the same exception at every poll, and its type does not name the partition. So the partition is looked for:
 *
 * <ol>
 *   <li>A poll fails: all partitions are held, to be probed.
 *   <li>The next poll, without any of them, fails too: no partition is the cause, and the failure is thrown.
 *   <li>It succeeds: the partitions are probed one by one, each until it has records, has none left, or 2 s are over.
 *   <li>A poll fails during a probe: that partition is unreadable. It stays held and is probed again after a pause; the
 *       partitions that were not probed are released.
 *   <li>Every probe succeeds: no cause is left to be found, and {@link #takeUnexplained} returns the failure once.
 * </ol>
 *
 * For the poll thread alone; other threads read the count.
 */
public final class GuardedPoll {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedPoll.class);
    /** A partition without records for so long is not the cause. */
    private static final Duration LONGEST_PROBE = Duration.ofSeconds(2);

    /**
     * The probe of one partition.
     *
     * @param begun false until one poll has thrown away what was fetched before; nothing of this poll counts
     */
    private record Probe(TopicPartition partition, boolean begun, long endNanos) {
        boolean isOf(TopicPartition other) {
            return partition.equals(other);
        }
    }

    private final Consumer<byte[], byte[]> consumer;
    private final ReadPositions positions;
    private final PartitionSeeks seeks;
    private final java.util.function.Consumer<KafkaException> failures;
    private final LongSupplier nanoTime;
    private final UnreadablePartitions unreadable;
    private final Deque<TopicPartition> unprobed = new ArrayDeque<>();
    private @Nullable Probe probe;
    /** The failure whose cause is looked for. */
    private @Nullable RuntimeException unexplained;
    /** Whether the next poll is the one for which all partitions are held. */
    private boolean holdsAll;

    /**
     * Polls nothing yet.
     *
     * @param failures takes each failure of Kafka's client, whatever its cause is found to be: the client may have left its group
     * @param unreadable empty at first
     * @param nanoTime as {@link System#nanoTime}
     */
    public GuardedPoll(
            Consumer<byte[], byte[]> consumer,
            ReadPositions positions,
            java.util.function.Consumer<KafkaException> failures,
            UnreadablePartitions unreadable,
            LongSupplier nanoTime) {
        this.consumer = consumer;
        this.positions = positions;
        this.seeks = new PartitionSeeks(consumer, positions);
        this.failures = failures;
        this.nanoTime = nanoTime;
        this.unreadable = unreadable;
    }

    /** Whether the partition must not be read, nor its position be used. */
    public boolean holds(TopicPartition partition) {
        Probe current = probe;
        if (current != null && current.isOf(partition)) {
            return !current.begun();
        }
        return unprobed.contains(partition) || unreadable.has(partition);
    }

    /** Whether the partition is to be paused. */
    public boolean pauses(TopicPartition partition) {
        Probe current = probe;
        return (current == null || !current.isOf(partition)) && holds(partition);
    }

    /** Whether the last failure is not explained yet. */
    public boolean isLooking() {
        return unexplained != null;
    }

    /** How many partitions cannot be read. Read from any thread. */
    public int unreadable() {
        return unreadable.size();
    }

    /** Before partitions are paused and resumed for the next poll: chooses the partition to try. */
    public void steer() {
        if (probe != null || holdsAll) {
            return;
        }
        TopicPartition next = unprobed.poll();
        if (next == null) {
            next = unreadable.due().orElse(null);
        }
        if (next != null) {
            probe = new Probe(next, false, 0);
        }
    }

    /**
     * What came; empty while the cause of a failure is looked for.
     *
     * @throws RuntimeException if the poll failed, and no partition is the cause
     */
    public ConsumerRecords<byte[], byte[]> poll(Duration atMost) {
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(atMost);
        } catch (InterruptException stop) {
            throw stop;
        } catch (RuntimeException failure) {
            if (failure instanceof KafkaException kafka) {
                failures.accept(kafka);
            }
            failed(new PollFailure(failure));
            return ConsumerRecords.empty();
        }
        holdsAll = false;
        Probe polled = probe;
        continueProbe(records);
        return polled == null || polled.begun() ? records : PartitionSeeks.without(polled.partition(), records);
    }

    /** A failure that no partition has caused, of a poll that is over by now; null if there is none. */
    public @Nullable RuntimeException takeUnexplained() {
        RuntimeException failure = unexplained;
        if (failure == null || holdsAll || probe != null || !unprobed.isEmpty()) {
            return null;
        }
        unexplained = null;
        return failure;
    }

    private void failed(PollFailure failure) {
        Probe current = probe;
        if (current != null) {
            if (failure.mayHaveLostRecords()) {
                readAgain();
            }
            if (current.begun()) {
                foundUnreadable(current.partition(), failure);
            } else {
                begin(current.partition());
            }
            return;
        }
        Set<TopicPartition> candidates = candidates();
        if (holdsAll || candidates.isEmpty()) {
            holdsAll = false;
            unexplained = null;
            releaseAll();
            throw failure.cause();
        }
        LOG.debug("a poll failed; the worker looks for the partition that is the cause", failure.cause());
        unexplained = failure.cause();
        holdsAll = true;
        candidates.forEach(seeks::away);
        unprobed.addAll(failure.namedFirst(candidates));
    }

    private void foundUnreadable(TopicPartition partition, PollFailure failure) {
        probe = null;
        unexplained = null;
        Long next = positions.next(partition);
        seeks.away(partition);
        unreadable.add(partition, next, failure);
        releaseAll();
    }

    private void readAgain() {
        for (TopicPartition candidate : candidates()) {
            if (!unprobed.contains(candidate)) {
                positions.held(candidate);
                seeks.back(candidate);
            }
        }
    }

    private Set<TopicPartition> candidates() {
        Set<TopicPartition> candidates = new LinkedHashSet<>(consumer.assignment());
        candidates.removeIf(partition -> unreadable.has(partition) || !positions.isKnown(partition));
        return candidates;
    }

    private void continueProbe(ConsumerRecords<byte[], byte[]> records) {
        Probe current = probe;
        if (current == null) {
            return;
        }
        TopicPartition partition = current.partition();
        if (!current.begun()) {
            begin(partition);
        } else if (records.nextOffsets().containsKey(partition)
                || consumer.currentLag(partition).orElse(1) == 0
                || nanoTime.getAsLong() - current.endNanos() >= 0) {
            probe = null;
            unreadable.remove(partition);
        }
    }

    private void begin(TopicPartition partition) {
        probe = new Probe(partition, true, nanoTime.getAsLong() + LONGEST_PROBE.toNanos());
        seeks.back(partition);
    }

    private void releaseAll() {
        unprobed.forEach(seeks::back);
        unprobed.clear();
    }

    /** The partitions went away. */
    public void drop(Set<TopicPartition> partitions) {
        unprobed.removeAll(partitions);
        unreadable.drop(partitions);
        Probe current = probe;
        if (current != null && partitions.contains(current.partition())) {
            probe = null;
        }
    }
}
