package io.tenantry.worker.postgres;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Caps the connections to one server; who finds none free is called back, and holds no thread meanwhile. */
public final class ConnectionBulkhead {
    private final Bulkhead bulkhead;
    private final Queue<Runnable> urgentWaiting = new ArrayDeque<>();
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    ConnectionBulkhead(String server, int maxConnections) {
        bulkhead = Bulkhead.of(
                server,
                BulkheadConfig.custom()
                        .maxConcurrentCalls(maxConnections)
                        .maxWaitDuration(Duration.ZERO)
                        .build());
    }

    /** Takes a permit if one is free; the caller gives it back with {@link #release}. */
    public boolean tryAcquire() {
        return bulkhead.tryAcquirePermission();
    }

    /** Calls back once, as soon as a permit is free: at once if one is now. The permit must still be acquired. */
    public void whenFree(boolean urgent, Runnable callback) {
        synchronized (waiting) {
            if (available() == 0) {
                (urgent ? urgentWaiting : waiting).add(callback);
                return;
            }
        }
        callback.run();
    }

    /** Gives a permit back and calls the longest waiting one, an urgent one if there is one. */
    public void release() {
        Runnable next;
        synchronized (waiting) {
            bulkhead.onComplete();
            next = longestWaiting();
        }
        if (next != null) {
            next.run();
        }
    }

    /**
     * Whoever was called back, or may have been, and needs no permit any more, calls the next one: else that one would
     * wait for a permit that is free.
     */
    public void passOn() {
        Runnable next;
        synchronized (waiting) {
            next = available() == 0 ? null : longestWaiting();
        }
        if (next != null) {
            next.run();
        }
    }

    private @Nullable Runnable longestWaiting() {
        Runnable urgent = urgentWaiting.poll();
        return urgent == null ? waiting.poll() : urgent;
    }

    /** Permits that nobody holds. */
    public int available() {
        return bulkhead.getMetrics().getAvailableConcurrentCalls();
    }

    /** Permits in all. */
    public int max() {
        return bulkhead.getMetrics().getMaxAllowedConcurrentCalls();
    }
}
