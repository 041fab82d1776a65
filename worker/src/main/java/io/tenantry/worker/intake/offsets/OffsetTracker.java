package io.tenantry.worker.intake.offsets;

import java.util.Base64;
import java.util.BitSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The settled offsets of a partition: all below the watermark, and some beyond it. The watermark is committed; the
 * offsets beyond it are stored in the commit's metadata, so that a restart repeats nothing that was settled. For the
 * poll thread alone.
 */
public final class OffsetTracker {
    private static final String FORMAT = "1:";
    /** The broker takes 4096 bytes (offset.metadata.max.bytes), Base64 needs 4 for 3. */
    private static final int MAX_METADATA_BITS = 3000 * 8;
    /**
     * Offsets beyond the watermark, gaps included. At the limit the partition is not read further, since a restart
     * forgets what does not fit into the metadata. Most of what one more poll brings still fits; the rest is left in
     * Kafka and polled again later.
     */
    static final int SPAN_LIMIT = 20_000;

    private long watermark;
    private long next;
    private BitSet settled;
    private boolean changed;

    private OffsetTracker(long watermark, BitSet settled) {
        this.watermark = watermark;
        this.next = watermark;
        this.settled = settled;
    }

    /** Nothing is settled from this offset on. */
    public static OffsetTracker startingAt(long offset) {
        return new OffsetTracker(offset, new BitSet());
    }

    /** Everything below this position was passed over, which is to be committed. */
    static OffsetTracker behind(long position) {
        OffsetTracker tracker = new OffsetTracker(position, new BitSet());
        tracker.changed = true;
        return tracker;
    }

    /** Restores what was committed; metadata in another format is read as an empty set. */
    static OffsetTracker restore(OffsetAndMetadata committed) {
        return new OffsetTracker(committed.offset(), decode(committed.metadata()));
    }

    private static BitSet decode(@Nullable String metadata) {
        if (metadata == null || !metadata.startsWith(FORMAT)) {
            return new BitSet();
        }
        try {
            return BitSet.valueOf(Base64.getDecoder().decode(metadata.substring(FORMAT.length())));
        } catch (IllegalArgumentException notOurs) {
            return new BitSet();
        }
    }

    /**
     * The record at this offset was delivered. Offsets that were passed over will never be: control records, aborted
     * transactions, what retention or compaction removed.
     *
     * @return false if it is settled already, and nothing is to be done about it
     */
    public boolean receive(long offset) {
        if (offset < next) {
            return isPending(offset);
        }
        passOver(offset);
        // The watermark may be beyond it already, if it was settled before a restart.
        next = Math.max(next, offset + 1);
        boolean isNew = !isSettled(offset);
        advance();
        return isNew;
    }

    /**
     * Whether the metadata has room for this offset. If not, the tracker is full, and the record must be read again
     * when the watermark has moved on.
     */
    boolean hasRoomFor(long offset) {
        if (offset - watermark < MAX_METADATA_BITS || isEmpty()) {
            return true;
        }
        passOver(Math.min(offset, watermark + SPAN_LIMIT));
        return false;
    }

    /** The consumer is at this position: Kafka delivers no record between the last one and the position. */
    void passOver(long position) {
        if (position > next && isEmpty()) {
            // No bits are set, however large the gap is.
            watermark = position;
            next = position;
            changed = true;
        } else if (position > next) {
            settled.set(index(next), index(position));
            next = position;
            advance();
            changed = true;
        }
    }

    /** Whether the offset was delivered and is not settled. */
    boolean isPending(long offset) {
        return offset >= watermark && offset < next && !settled.get(index(offset));
    }

    /** Whether it needs nothing more. */
    boolean isSettled(long offset) {
        return offset < watermark || settled.get(index(offset));
    }

    /** The next commit has its result or dead letter, or nothing is published for it. */
    public void settle(long offset) {
        if (offset >= watermark) {
            settled.set(index(offset));
            advance();
            changed = true;
        }
    }

    /** Whether nothing is pending. */
    private boolean isEmpty() {
        return next == watermark && settled.isEmpty();
    }

    private void advance() {
        int run = settled.nextClearBit(0);
        if (run > 0) {
            watermark += run;
            settled = settled.get(run, Math.max(run, settled.length()));
            next = Math.max(next, watermark);
        }
    }

    /** Whether the partition should not be read further for now. */
    boolean isFull() {
        return next - watermark >= SPAN_LIMIT;
    }

    /** Whether there is something to commit. */
    boolean hasChanged() {
        return changed;
    }

    /** This was committed; if the tracker has changed since, there is still something to commit. */
    void committed(OffsetAndMetadata offset) {
        changed &= !toCommit().equals(offset);
    }

    /** Every offset below it was delivered or passed over. */
    long next() {
        return next;
    }

    /** How many offsets were delivered and are not settled. */
    int pending() {
        return index(next) - settled.get(0, index(next)).cardinality();
    }

    /** How far it is. */
    public PartitionProgress progress() {
        int read = index(next);
        // After a restart, before they are read again, and not otherwise.
        BitSet ahead = settled.get(read, Math.max(read, settled.length()));
        return new PartitionProgress(next, pending(), ahead);
    }

    /** Every offset below it is settled. */
    long watermark() {
        return watermark;
    }

    /** The commit: the watermark, and the settled offsets beyond it, as many as fit. */
    public OffsetAndMetadata toCommit() {
        BitSet fitting = settled.length() <= MAX_METADATA_BITS ? settled : settled.get(0, MAX_METADATA_BITS);
        String metadata = fitting.isEmpty() ? "" : FORMAT + Base64.getEncoder().encodeToString(fitting.toByteArray());
        return new OffsetAndMetadata(watermark, metadata);
    }

    private int index(long offset) {
        return Math.toIntExact(offset - watermark);
    }
}
