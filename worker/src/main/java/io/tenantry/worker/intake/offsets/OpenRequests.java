package io.tenantry.worker.intake.offsets;

import io.tenantry.worker.settle.Coordinates;
import io.tenantry.worker.telemetry.IntakeMeters;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * The requests of the assigned partitions that were received and are not settled, as metrics show them. Changed by the
 * poll thread, read from any thread.
 */
public final class OpenRequests {
    private final Map<TopicPartition, OpenInPartition> partitions = new ConcurrentHashMap<>();
    private final IntakeMeters meters;
    private final LongSupplier nanoTime;

    /**
     * Shows the age of the oldest request at once.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    public OpenRequests(IntakeMeters meters, LongSupplier nanoTime) {
        this.meters = meters;
        this.nanoTime = nanoTime;
        meters.oldestRequest(this::oldestAge);
    }

    /** The partitions came, and nothing of them is open. */
    void arrived(Set<TopicPartition> arrived) {
        for (TopicPartition partition : arrived) {
            partitions.put(partition, new OpenInPartition());
            meters.openRequests(partition.topic(), partition.partition(), () -> count(partition));
        }
    }

    /** The partitions went away. */
    void left(Set<TopicPartition> left) {
        for (TopicPartition partition : left) {
            partitions.remove(partition);
            meters.gone(partition.topic(), partition.partition());
        }
    }

    /** The partition is read from an earlier offset again. */
    void wentBack(TopicPartition partition) {
        partitions.replace(partition, new OpenInPartition());
    }

    /** Tracks a record that was polled, as {@link OffsetTracker#receive} does. */
    boolean receive(Coordinates record, OffsetTracker tracker) {
        boolean wasOpen = tracker.isPending(record.offset());
        boolean isOpen = tracker.receive(record.offset());
        OpenInPartition open = partitions.get(record.partition());
        if (open != null && isOpen && !wasOpen) {
            open.received(record.offset(), nanoTime.getAsLong());
        }
        return isOpen;
    }

    /** Offsets of the partition were committed. */
    void committed(TopicPartition partition, OffsetTracker tracker) {
        OpenInPartition open = partitions.get(partition);
        if (open != null) {
            open.committed(tracker.pending(), tracker.watermark());
        }
    }

    /** How many requests of the partition are open; 0 also if it is not assigned. */
    int count(TopicPartition partition) {
        OpenInPartition open = partitions.get(partition);
        return open == null ? 0 : open.count();
    }

    /** How long ago the oldest open request was received by this worker; zero if none is open. */
    Duration oldestAge() {
        long now = nanoTime.getAsLong();
        long oldest = 0;
        for (OpenInPartition open : partitions.values()) {
            oldest = Math.max(
                    oldest, open.oldestNanos().map(nanos -> now - nanos).orElse(0L));
        }
        return Duration.ofNanos(oldest);
    }
}
