package io.tenantry.worker.settle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The requests that ended and are not settled, in the order in which they ended. They are settled in this order, since
 * a result must not overtake an earlier one of the same tenant. Any thread adds; only the settler's thread takes.
 */
final class IncomingQueue {
    private static final int LARGEST_BATCH = 500;
    /** Of results and attributes; a larger outcome is a batch of its own. */
    private static final long LARGEST_BATCH_BYTES = 2 << 20;

    private static final Duration IDLE = Duration.ofMillis(500);

    private final BlockingQueue<Incoming> queue = new LinkedBlockingQueue<>();
    private final Backlog unsettled = new Backlog();
    private final AtomicInteger signups = new AtomicInteger();
    private final Linger linger;

    IncomingQueue(Linger linger) {
        this.linger = linger;
    }

    void add(Incoming next) {
        unsettled.add();
        if (next.request().isSignup()) {
            signups.incrementAndGet();
        }
        queue.add(next);
    }

    /**
     * Waits for a request, lingers for others, and takes as many as fit into one transaction.
     *
     * @return empty if none came in half a second
     */
    List<Incoming> takeBatch() throws InterruptedException {
        Incoming first = queue.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
            return List.of();
        }
        linger.await(() -> signups.get() > 0);
        List<Incoming> batch = new ArrayList<>(List.of(first));
        long bytes = first.bytes();
        @Nullable Incoming next = queue.peek();
        while (next != null && batch.size() < LARGEST_BATCH && bytes + next.bytes() <= LARGEST_BATCH_BYTES) {
            batch.add(queue.remove());
            bytes += next.bytes();
            next = queue.peek();
        }
        signups.addAndGet(-(int)
                batch.stream().filter(taken -> taken.request().isSignup()).count());
        return batch;
    }

    /** So many of those that were taken are ready to be published. */
    void settled(int count) {
        unsettled.remove(count);
    }

    /** Whether all that were added are settled. */
    boolean isSettled() {
        return unsettled.isEmpty();
    }

    /** Waits until all that were added so far are settled; false if the time was over first. */
    boolean awaitSettled(Duration atMost) {
        return unsettled.awaitPassed(atMost);
    }
}
