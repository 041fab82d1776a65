package io.tenantry.worker.intake.offsets;

import java.util.BitSet;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The settled offsets of a partition: all below the watermark, and some beyond it. The watermark is committed; the
 * offsets beyond it are stored in the commit's metadata, so that a restart repeats nothing that was settled. So is the
 * position of the last published event of a rollout, if the partition is one of {@code rollout.requested}. For the poll
 * thread alone.
 */
public final class OffsetTracker {
    /**
     * Offsets beyond the watermark, gaps included. At the limit the partition is not read further, since a restart
     * forgets what does not fit into the metadata. Most of what one more poll brings still fits; the rest is left in
     * Kafka and polled again later.
     */
    static final int SPAN_LIMIT = 20_000;

    private long watermark;
    private long next;
    /**
     * The consumer's position: it has delivered or passed over all below. The watermark and the next offset may be beyond
     * it, where an earlier owner has settled what comes next.
     */
    private long reached;

    private BitSet settled;
    /** Of the last published event; null if there is none. */
    private @Nullable Long eventPosition;

    private boolean changed;

    private OffsetTracker(long watermark, BitSet settled, @Nullable Long eventPosition) {
        this.watermark = watermark;
        this.next = watermark;
        this.reached = watermark;
        this.settled = settled;
        this.eventPosition = eventPosition;
    }

    /** Nothing is settled from this offset on. */
    public static OffsetTracker startingAt(long offset) {
        return new OffsetTracker(offset, new BitSet(), null);
    }

    /** Everything below this position was passed over, which is to be committed. */
    static OffsetTracker behind(long position) {
        OffsetTracker tracker = startingAt(position);
        tracker.changed = true;
        return tracker;
    }

    /** Restores what was committed; metadata in another format is read as an empty set without a position. */
    static OffsetTracker restore(OffsetAndMetadata committed) {
        CommitMetadata metadata = CommitMetadata.decode(committed.metadata());
        return new OffsetTracker(committed.offset(), metadata.settled(), metadata.eventPosition());
    }

    /** Nothing is settled from this offset on; the published events remain so. */
    OffsetTracker restartedAt(long offset) {
        return new OffsetTracker(offset, new BitSet(), eventPosition);
    }

    /**
     * The record at this offset was delivered. Offsets that were passed over will never be: control records, aborted
     * transactions, what retention or compaction removed.
     *
     * @return false if it is settled already, and nothing is to be done about it
     */
    public boolean receive(long offset) {
        reached = Math.max(reached, offset + 1);
        if (offset < next) {
            return isPending(offset);
        }
        skipTo(offset);
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
        if (offset - watermark < CommitMetadata.MAX_BITS || isEmpty()) {
            return true;
        }
        skipTo(Math.min(offset, watermark + SPAN_LIMIT));
        return false;
    }

    /** The consumer is at this position: Kafka delivers no record between the last one and the position. */
    void skipTo(long position) {
        reached = Math.max(reached, position);
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

    /**
     * Whether a record at this offset shows that the partition was created again or lost records: the consumer was past it,
     * and it is below the watermark. The watermark alone shows nothing, since what an earlier owner has settled is delivered,
     * too.
     */
    boolean hasGoneBackTo(long offset) {
        return offset < reached && offset < watermark;
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

    /** The next commit publishes the events up to this position. */
    void eventPublished(long position) {
        if (eventPosition == null || position > eventPosition) {
            eventPosition = position;
            changed = true;
        }
    }

    /** The position of the last published event; empty if there is none. */
    OptionalLong eventPosition() {
        Long known = eventPosition;
        return known == null ? OptionalLong.empty() : OptionalLong.of(known);
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

    /** The commit: the watermark and, as metadata, the settled offsets beyond it, as many as fit, and the position. */
    public OffsetAndMetadata toCommit() {
        return new OffsetAndMetadata(watermark, new CommitMetadata(settled, eventPosition).encode());
    }

    private int index(long offset) {
        return Math.toIntExact(offset - watermark);
    }
}
