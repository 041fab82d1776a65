package io.tenantry.worker.intake;

import io.tenantry.worker.lane.Lanes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a worker: what runs is finished, what waits is left to whoever comes next. */
final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private final Lanes lanes;
    private final Clock clock;
    private volatile @Nullable Instant deadline;

    Drain(Lanes lanes, Clock clock) {
        this.lanes = lanes;
        this.clock = clock;
    }

    /** May be called from any thread; only the first call counts. */
    synchronized void start(Duration atMost) {
        if (deadline == null) {
            deadline = clock.instant().plus(atMost);
            LOG.info("draining: {} tenants are worked on; they have {} s", lanes.running(), atMost.toSeconds());
            lanes.drain();
        }
    }

    boolean isOn() {
        return deadline != null;
    }

    /** Whether the loop should end, given whether everything it knows of is settled. */
    boolean isOver(boolean allSettled) {
        Instant end = deadline;
        return end != null
                && ((allSettled && lanes.running() == 0) || clock.instant().isAfter(end));
    }
}
