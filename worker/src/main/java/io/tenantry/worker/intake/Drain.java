package io.tenantry.worker.intake;

import io.tenantry.worker.lane.Lanes;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shutdown of a worker: running tasks are finished, waiting tasks are left to the next worker. */
final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private final Lanes lanes;
    private final LongSupplier nanoTime;
    private volatile @Nullable Long endNanos;

    /** @param nanoTime as {@link System#nanoTime} */
    Drain(Lanes lanes, LongSupplier nanoTime) {
        this.lanes = lanes;
        this.nanoTime = nanoTime;
    }

    /** May be called from any thread; only the first call counts. */
    synchronized void start(Duration atMost) {
        if (endNanos == null) {
            endNanos = nanoTime.getAsLong() + atMost.toNanos();
            LOG.info(
                    "draining: {} tenants are being worked on and have {} s to finish; nothing new begins",
                    lanes.running(),
                    atMost.toSeconds());
            lanes.drain();
        }
    }

    boolean isOn() {
        return endNanos != null;
    }

    /**
     * Whether the loop should end.
     *
     * @param allSettled whether everything that ended is settled; asked when nothing runs any more
     */
    boolean isOver(BooleanSupplier allSettled) {
        Long end = endNanos;
        return end != null && ((lanes.running() == 0 && allSettled.getAsBoolean()) || nanoTime.getAsLong() - end > 0);
    }
}
