package io.tenantry.worker.postgres.connection;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;

/**
 * The permits of one server: a bulkhead with as many as the whole group may have. The permits beyond this worker's
 * share are withheld: no work gets them. When the share becomes smaller while its permits are held, the next ones that
 * come back are withheld, before any work gets them. Guarded by the lock of {@link ConnectionBulkhead}.
 */
final class ServerPermits {
    private final Bulkhead bulkhead;
    private final int cap;
    private int share;
    private int withheld;

    /**
     * @param cap of the whole group
     * @param share of this worker
     */
    ServerPermits(String server, int cap, int share) {
        this.bulkhead = Bulkhead.of(
                server,
                BulkheadConfig.custom()
                        .maxConcurrentCalls(cap)
                        .maxWaitDuration(Duration.ZERO)
                        .build());
        this.cap = cap;
        share(share);
    }

    /** What counts the permits. */
    Bulkhead bulkhead() {
        return bulkhead;
    }

    /** Takes a permit of this worker's share; false if none is free. */
    boolean tryTake() {
        // The bulkhead refuses an interrupted thread even if permits are free.
        boolean interrupted = Thread.interrupted();
        try {
            return bulkhead.tryAcquirePermission();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Gives back a permit that was taken and not used. */
    void cancel() {
        bulkhead.releasePermission();
    }

    /** Gives back a permit that was used. */
    void giveBack() {
        bulkhead.onComplete();
        withhold();
    }

    /** Sets how many permits this worker has. */
    void share(int now) {
        share = now;
        withhold();
    }

    /** How many permits this worker has, at most {@link #cap}. */
    int share() {
        return share;
    }

    /** What the whole group may have. */
    int cap() {
        return cap;
    }

    /** Permits of this worker's share that are free. */
    int free() {
        return bulkhead.getMetrics().getAvailableConcurrentCalls();
    }

    private void withhold() {
        int others = Math.max(0, cap - share);
        while (withheld < others && tryTake()) {
            withheld++;
        }
        while (withheld > others) {
            bulkhead.releasePermission();
            withheld--;
        }
    }
}
