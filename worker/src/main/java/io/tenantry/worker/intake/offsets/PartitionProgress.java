package io.tenantry.worker.intake.offsets;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * How far this worker has come in a partition.
 *
 * @param position the offset that is read next; null if none was read or committed before: then the log's first one is
 * @param open records that were received and are not settled, whether they are at work, wait, or are parked
 * @param settledAhead offsets from the position on that an earlier owner of the partition has settled; bit 0 stands for
 *     the position
 */
public record PartitionProgress(@Nullable Long position, int open, BitSet settledAhead) {
    /**
     * As the tracker has it.
     *
     * @param tracker null if nothing was read, and nothing was committed before
     */
    public static PartitionProgress of(@Nullable OffsetTracker tracker) {
        return tracker == null ? new PartitionProgress(null, 0, new BitSet()) : tracker.progress();
    }

    /** The offset that is read next: Kafka may have deleted the records at the position. */
    public long nextOffset(LogRange log) {
        return position == null ? log.start() : Math.max(position, log.start());
    }

    /**
     * How many offsets there are to be read. That is the number of records, except for what Kafka never delivers:
     * markers of transactions, aborted records, records that compaction removed.
     */
    public long unread(LogRange log) {
        long next = nextOffset(log);
        return next >= log.end() ? 0 : log.end() - next - settledBetween(next, log.end());
    }

    private int settledBetween(long from, long to) {
        return position == null
                ? 0
                : settledAhead.get(bit(from - position), bit(to - position)).cardinality();
    }

    private int bit(long distance) {
        return (int) Math.min(distance, settledAhead.length());
    }
}
