package io.tenantry.worker.intake.offsets;

import io.tenantry.worker.settle.Coordinates;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The partitions that are assigned to this worker, each with its offset tracker. For the poll thread alone. */
public final class Assignment implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(Assignment.class);

    /** What happens when partitions come and go. Called by the poll thread, in a callback of the consumer. */
    public interface Listener {
        /** Partitions are about to go; their offsets can still be committed. */
        void leaving();

        /** The partitions went away, and nothing of them can be committed. */
        void left(Set<TopicPartition> partitions);

        /** The partitions came, or the group said that it has none for this worker. */
        void arrived(Set<TopicPartition> partitions);

        /**
         * The committed offsets of partitions that came were read; may be called later than in a callback.
         *
         * @param eventPositions of the last published event of each; empty if there is none
         */
        void known(Map<TopicPartition, OptionalLong> eventPositions);
    }

    private final Consumer<byte[], byte[]> consumer;
    private final CommittedOffsets offsets;
    private final Listener listener;
    private final OpenRequests open;
    private final CallbackParts callback = new CallbackParts();
    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Map<TopicPartition, OffsetTracker> trackers = new HashMap<>();

    public Assignment(
            Consumer<byte[], byte[]> consumer, Listener listener, OpenRequests open, CommittedOffsets offsets) {
        this.open = open;
        this.offsets = offsets;
        this.consumer = consumer;
        this.listener = listener;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (!partitions.isEmpty()) {
            LOG.info("assigned {}", partitions);
            assigned.addAll(partitions);
            offsets.arrived(partitions);
            CallbackParts.measure(() -> open.arrived(Set.copyOf(partitions)));
        }
        callback.run(() -> {
            if (!readCommitted()) {
                consumer.pause(offsets.unread());
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
        offsets.left(partitions);
        CallbackParts.measure(() -> open.left(Set.copyOf(partitions)));
        callback.run(() -> listener.left(Set.copyOf(partitions)));
    }

    /** What was thrown in callbacks of the last poll; null if nothing was. */
    public @Nullable RuntimeException takeThrown() {
        return callback.takeThrown();
    }

    /** Reads the committed offsets of new partitions; false if Kafka did not answer, and it must be tried again. */
    public boolean readCommitted() {
        offsets.readUnread().ifPresent(committed -> {
            trackers.putAll(committed.trackers());
            listener.known(committed.eventPositions());
        });
        return offsets.unread().isEmpty();
    }

    /**
     * What Kafka has committed for these partitions now.
     *
     * @throws TimeoutException if Kafka does not answer
     */
    public Committed committed(Set<TopicPartition> partitions) {
        return offsets.read(partitions);
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
                .filter(partition -> !offsets.isUnread(partition))
                .collect(Collectors.toMap(next -> next, next -> PartitionProgress.of(trackers.get(next))));
    }

    public boolean isUnread(TopicPartition partition) {
        return offsets.isUnread(partition);
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
        if (tracker.hasGoneBackTo(record.offset())) {
            LOG.warn(
                    "{} went back to offset {}, below the committed {}: it was created again or lost records; it is"
                            + " read from there, and what the ledger has is not run again",
                    record.partition(),
                    record.offset(),
                    tracker.watermark());
            tracker = tracker.restartedAt(record.offset());
            trackers.put(record.partition(), tracker);
            open.wentBack(record.partition());
        }
        return open.receive(record, tracker);
    }

    /** The consumer has gone past everything below this position. */
    public void skipTo(TopicPartition partition, long position) {
        // Without a tracker, nothing was committed and no record was polled: Kafka delivers no record below the
        // position.
        trackers.computeIfAbsent(partition, p -> OffsetTracker.behind(position)).skipTo(position);
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

    /** Whether the partition is assigned and its committed offset was read: then something of it may be published. */
    public boolean isReady(TopicPartition partition) {
        return assigned.contains(partition) && !offsets.isUnread(partition);
    }

    /** The next commit publishes the events of the partition up to this position. The partition must be ready. */
    public void eventPublished(TopicPartition partition, long position) {
        tracker(partition).eventPublished(position);
    }

    /**
     * The offsets to commit.
     *
     * @param always ready partitions whose offsets are among them, whether they have changed or not
     */
    public Map<TopicPartition, OffsetAndMetadata> offsets(Set<TopicPartition> always) {
        Map<TopicPartition, OffsetAndMetadata> toCommit = new HashMap<>();
        always.forEach(partition -> toCommit.put(partition, tracker(partition).toCommit()));
        trackers.forEach((partition, tracker) -> {
            if (tracker.hasChanged()) {
                toCommit.put(partition, tracker.toCommit());
            }
        });
        return toCommit;
    }

    /** Where nothing was committed and read, an offset before all records stands for that: the consumer reads the first one. */
    private OffsetTracker tracker(TopicPartition partition) {
        return trackers.computeIfAbsent(partition, first -> OffsetTracker.startingAt(0));
    }

    /** These offsets were committed; later changes are still to be committed. */
    public void offsetsCommitted(Map<TopicPartition, OffsetAndMetadata> committedOffsets) {
        committedOffsets.forEach((partition, committed) -> {
            OffsetTracker tracker = trackers.get(partition);
            if (tracker != null) {
                tracker.committed(committed);
                open.committed(partition, tracker);
            }
        });
    }
}
