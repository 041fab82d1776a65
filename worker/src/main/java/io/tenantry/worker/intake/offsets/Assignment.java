package io.tenantry.worker.intake.offsets;

import io.tenantry.worker.settle.Coordinates;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The partitions that are assigned to this worker, each with its offset tracker. For the poll thread alone. */
public final class Assignment implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(Assignment.class);
    /** Short, since it holds up the poll thread, and in a callback the whole group. */
    private static final Duration READ_COMMITTED_TIMEOUT = Duration.ofMillis(500);

    /** What happens when partitions come and go. Called by the poll thread, in a callback of the consumer. */
    public interface Listener {
        /** Partitions are about to go; their offsets can still be committed. */
        void leaving();

        /** The partitions went away, and nothing of them can be committed. */
        void left(Set<TopicPartition> partitions);

        /** The partitions came, or the group said that it has none for this worker. */
        void arrived(Set<TopicPartition> partitions);
    }

    private final Consumer<byte[], byte[]> consumer;
    private final Listener listener;
    private final OpenRequests open;
    private final CallbackParts callback = new CallbackParts();
    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Map<TopicPartition, OffsetTracker> trackers = new HashMap<>();
    /** Partitions whose committed offset could not be read yet; none of their records is taken before. */
    private final Set<TopicPartition> unread = new HashSet<>();

    private long nextRead = System.nanoTime();
    private boolean waits;

    public Assignment(Consumer<byte[], byte[]> consumer, Listener listener, OpenRequests open) {
        this.open = open;
        this.consumer = consumer;
        this.listener = listener;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (!partitions.isEmpty()) {
            LOG.info("assigned {}", partitions);
            assigned.addAll(partitions);
            unread.addAll(partitions);
            CallbackParts.measure(() -> open.arrived(Set.copyOf(partitions)));
            nextRead = System.nanoTime();
        }
        callback.run(() -> {
            if (!readCommitted()) {
                consumer.pause(unread);
            }
        });
        callback.run(() -> listener.arrived(Set.copyOf(partitions)));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        if (!partitions.isEmpty()) {
            LOG.info("revoked {}", partitions);
            callback.run(listener::leaving);
            drop(partitions);
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        LOG.warn(
                "lost {}: this worker did not answer its group in time; other workers have them and answer their requests",
                partitions);
        drop(partitions);
    }

    /** The consumer has ended. The client does not call back if it has lost its place in the group before. */
    public void close() {
        if (!assigned.isEmpty()) {
            drop(Set.copyOf(assigned));
        }
    }

    private void drop(Collection<TopicPartition> partitions) {
        assigned.removeAll(partitions);
        partitions.forEach(trackers::remove);
        unread.removeAll(partitions);
        CallbackParts.measure(() -> open.left(Set.copyOf(partitions)));
        callback.run(() -> listener.left(Set.copyOf(partitions)));
    }

    /** What was thrown in callbacks of the last poll; null if nothing was. */
    public @Nullable RuntimeException takeThrown() {
        return callback.takeThrown();
    }

    /**
     * Reads the committed offsets of new partitions; false if Kafka did not answer, and it must be tried again. Kafka
     * does not answer while a transaction of a killed worker is open, up to the transaction's timeout.
     */
    public boolean readCommitted() {
        if (unread.isEmpty()) {
            return true;
        }
        if (System.nanoTime() - nextRead < 0) {
            return false;
        }
        try {
            consumer.committed(Set.copyOf(unread), READ_COMMITTED_TIMEOUT).forEach((partition, committed) -> {
                if (committed != null) {
                    trackers.put(partition, OffsetTracker.restore(committed));
                }
            });
            unread.clear();
            waits = false;
            return true;
        } catch (InterruptException stop) {
            throw stop;
        } catch (KafkaException away) {
            if (!waits) {
                LOG.warn(
                        "the committed offsets of {} cannot be read yet ({}); these partitions are not consumed until then",
                        unread,
                        away.getMessage());
            }
            waits = true;
            nextRead = System.nanoTime() + READ_COMMITTED_TIMEOUT.toNanos();
            return false;
        }
    }

    /**
     * Which of these records Kafka's committed offsets cover.
     *
     * @throws TimeoutException if Kafka does not answer
     */
    public Set<Coordinates> committed(Set<Coordinates> records) {
        Set<TopicPartition> partitions =
                records.stream().map(Coordinates::partition).collect(Collectors.toSet());
        Map<TopicPartition, OffsetAndMetadata> offsets = consumer.committed(partitions, READ_COMMITTED_TIMEOUT);
        return records.stream()
                .filter(record -> {
                    OffsetAndMetadata offset = offsets.get(record.partition());
                    return offset != null && OffsetTracker.restore(offset).isSettled(record.offset());
                })
                .collect(Collectors.toSet());
    }

    /** The offset after the last one that was received or passed over; null if none was, and none was committed. */
    public @Nullable Long next(TopicPartition partition) {
        OffsetTracker tracker = trackers.get(partition);
        return tracker == null ? null : tracker.next();
    }

    /** Whether no partition is assigned. */
    public boolean isEmpty() {
        return assigned.isEmpty();
    }

    /** How far the partitions are, without those whose committed offset could not be read yet; a copy. */
    public Map<TopicPartition, PartitionProgress> progress() {
        return assigned.stream()
                .filter(partition -> !unread.contains(partition))
                .collect(Collectors.toMap(next -> next, next -> PartitionProgress.of(trackers.get(next))));
    }

    public boolean isUnread(TopicPartition partition) {
        return unread.contains(partition);
    }

    /** Whether the record can be received now; if not, its partition must be read again from there, later. */
    public boolean hasRoomFor(Coordinates record) {
        OffsetTracker tracker = trackers.get(record.partition());
        return tracker == null || tracker.hasRoomFor(record.offset());
    }

    /** Tracks a record that was polled; false if it is settled already. */
    public boolean receive(Coordinates record) {
        OffsetTracker tracker =
                trackers.computeIfAbsent(record.partition(), p -> OffsetTracker.startingAt(record.offset()));
        if (record.offset() < tracker.watermark()) {
            LOG.warn(
                    "{} went back to offset {}, below the committed {}: it was created again or lost records; it is"
                            + " read from there, and what the ledger has is not run again",
                    record.partition(),
                    record.offset(),
                    tracker.watermark());
            tracker = OffsetTracker.startingAt(record.offset());
            trackers.put(record.partition(), tracker);
            open.wentBack(record.partition());
        }
        return open.receive(record, tracker);
    }

    /** The consumer has gone past everything below this position. */
    public void passOver(TopicPartition partition, long position) {
        // Without a tracker, nothing was committed and no record was polled: Kafka delivers no record below the
        // position.
        trackers.computeIfAbsent(partition, p -> OffsetTracker.behind(position)).passOver(position);
    }

    /** Whether the record was received from a partition that is still assigned, and is not settled. */
    public boolean isPending(Coordinates record) {
        OffsetTracker tracker = trackers.get(record.partition());
        return tracker != null && tracker.isPending(record.offset());
    }

    public void settle(Coordinates record) {
        OffsetTracker tracker = trackers.get(record.partition());
        if (tracker != null) {
            tracker.settle(record.offset());
        }
    }

    public boolean isFull(TopicPartition partition) {
        OffsetTracker tracker = trackers.get(partition);
        return tracker != null && tracker.isFull();
    }

    /** The offsets to commit. */
    public Map<TopicPartition, OffsetAndMetadata> changedOffsets() {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        trackers.forEach((partition, tracker) -> {
            if (tracker.hasChanged()) {
                offsets.put(partition, tracker.toCommit());
            }
        });
        return offsets;
    }

    /** These offsets were committed; later changes are still to be committed. */
    public void offsetsCommitted(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, committed) -> {
            OffsetTracker tracker = trackers.get(partition);
            if (tracker != null) {
                tracker.committed(committed);
                open.committed(partition, tracker);
            }
        });
    }
}
