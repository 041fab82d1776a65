package io.tenantry.worker.intake.offsets;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * The records of one partition that were received and are not settled in Kafka: how many, and when the oldest of them was
 * received. Changed by the poll thread, read from any thread.
 *
 * <p>Not every time of receipt is kept. A record that has none of its own has that of an earlier record, so an age may be
 * too high: by 100 ms, or by a thirty-second part of the time that the oldest record has been open.
 */
final class OpenInPartition {
    private static final long FINEST_NANOS = Duration.ofMillis(100).toNanos();
    private static final int MOST_RECEIPTS = 64;

    /** From this offset on, records were received at this time or later. */
    private record Receipt(long offset, long nanos) {}

    private record Shown(int count, long oldestNanos) {}

    private final Deque<Receipt> receipts = new ArrayDeque<>();
    private long stepNanos = FINEST_NANOS;
    private volatile Shown shown = new Shown(0, 0);

    /**
     * A record was received that was not open before.
     *
     * @param nowNanos as {@link System#nanoTime}
     */
    void received(long offset, long nowNanos) {
        if (receipts.isEmpty() || nowNanos - receipts.getLast().nanos() >= stepNanos) {
            receipts.addLast(new Receipt(offset, nowNanos));
            if (receipts.size() > MOST_RECEIPTS) {
                thinOut();
            }
        }
        shown = new Shown(shown.count() + 1, receipts.getFirst().nanos());
    }

    /**
     * Offsets were committed.
     *
     * @param open how many records are not settled now
     * @param watermark every offset below it is settled
     */
    void committed(int open, long watermark) {
        while (receipts.size() > 1 && second().offset() <= watermark) {
            receipts.removeFirst();
        }
        if (open == 0) {
            receipts.clear();
        }
        if (receipts.size() <= 1) {
            stepNanos = FINEST_NANOS;
        }
        shown = new Shown(open, receipts.isEmpty() ? 0 : receipts.getFirst().nanos());
    }

    /** How many records are open. */
    int count() {
        return shown.count();
    }

    /** When the oldest open record was received, as {@link System#nanoTime}; empty if none is open. */
    Optional<Long> oldestNanos() {
        Shown now = shown;
        return now.count() == 0 ? Optional.empty() : Optional.of(now.oldestNanos());
    }

    private Receipt second() {
        Iterator<Receipt> oldestFirst = receipts.iterator();
        oldestFirst.next();
        return oldestFirst.next();
    }

    private void thinOut() {
        Iterator<Receipt> oldestFirst = receipts.iterator();
        for (boolean keep = true; oldestFirst.hasNext(); keep = !keep) {
            oldestFirst.next();
            if (!keep) {
                oldestFirst.remove();
            }
        }
        stepNanos *= 2;
    }
}
