package io.tenantry.worker.rollout;

import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.RolloutTable.Look;
import io.tenantry.worker.timing.GrowingInterval;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many rollouts this worker drives, and which of them make no progress; these are logged at a growing interval, with the
 * reason. For the driver's thread alone; {@link #inState} and {@link #longestStall} are read from any thread.
 */
public final class ProgressWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressWatch.class);
    /** A rollout without an answer for this long makes no progress. */
    private static final GrowingInterval FIRST_INTERVAL =
            new GrowingInterval(Duration.ofSeconds(10), Duration.ofMinutes(5));

    /** Says why a rollout makes no progress. */
    interface Reasons {
        /** For people. */
        String of(Look rollout) throws SQLException;
    }

    private static final class Stall {
        private final String progress;
        private final long sinceNanos;
        private long nextNanos;
        private GrowingInterval interval = FIRST_INTERVAL;

        private Stall(String progress, long now) {
            this.progress = progress;
            this.sinceNanos = now;
            this.nextNanos = now + interval.current().toNanos();
        }
    }

    private final LongSupplier nanoTime;
    private final Map<String, Stall> stalls = new HashMap<>();
    private volatile Map<RolloutState, Integer> states = Map.of();
    private volatile Duration longest = Duration.ZERO;

    /** @param nanoTime as {@link System#nanoTime} */
    public ProgressWatch(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** How many of them are in this state. */
    public int inState(RolloutState state) {
        return states.getOrDefault(state, 0);
    }

    /** The longest time for which a rollout that should make progress has made none; zero if all make progress. */
    public Duration longestStall() {
        return longest;
    }

    /** Called at each turn, with all rollouts that this worker drives. */
    void look(Collection<Look> looks, Reasons reasons) throws SQLException {
        Map<RolloutState, Integer> counts = new EnumMap<>(RolloutState.class);
        Set<String> waiting = new HashSet<>();
        Duration most = Duration.ZERO;
        long now = nanoTime.getAsLong();
        for (Look rollout : looks) {
            counts.merge(rollout.state(), 1, Integer::sum);
            if (rollout.state() == RolloutState.WAITING || rollout.inFlight() > 0) {
                waiting.add(rollout.rollout());
                Duration since = Duration.ofNanos(now - stall(rollout, now).sinceNanos);
                most = since.compareTo(most) > 0 ? since : most;
            }
        }
        stalls.keySet().retainAll(waiting);
        states = Map.copyOf(counts);
        longest = most.compareTo(FIRST_INTERVAL.current()) < 0 ? Duration.ZERO : most;
        for (Look rollout : looks) {
            Stall stall = stalls.get(rollout.rollout());
            if (stall != null && now - stall.nextNanos >= 0) {
                log(rollout, stall, now, reasons);
            }
        }
    }

    private Stall stall(Look rollout, long now) {
        return stalls.compute(
                rollout.rollout(),
                (name, known) -> known == null || !known.progress.equals(rollout.progress())
                        ? new Stall(rollout.progress(), now)
                        : known);
    }

    private static void log(Look rollout, Stall stall, long now, Reasons reasons) throws SQLException {
        LOG.warn(
                "rollout {}, which is {}, has made no progress for {} s, {} requests are unanswered: {}; next message in {}"
                        + " s",
                rollout.rollout(),
                rollout.state().label(),
                Duration.ofNanos(now - stall.sinceNanos).toSeconds(),
                rollout.inFlight(),
                reasons.of(rollout),
                stall.interval.current().toSeconds());
        stall.nextNanos = now + stall.interval.current().toNanos();
        stall.interval = stall.interval.next();
    }

    /** This worker does not drive rollouts any more. */
    void none() {
        stalls.clear();
        states = Map.of();
        longest = Duration.ZERO;
    }
}
