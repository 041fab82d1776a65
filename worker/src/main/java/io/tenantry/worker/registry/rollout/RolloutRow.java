package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.RolloutRequestRef;
import io.tenantry.contracts.RolloutRequested;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A rollout as the registry has it.
 *
 * @param partition of {@code rollout.requested}; its owner drives the rollout
 * @param version counts the changes
 * @param start what was requested
 * @param startedBy the request
 * @param targets by database; empty until the rollout is planned
 * @param concurrency how many members have an unanswered request at once; by default as many more as had a result in the last
 *     second
 * @param wave the current one, from 1; 0 before the first
 * @param halts how often it was halted or aborted
 * @param upToDate tenants that were known to be at the target at the start
 * @param sequence of its last event
 * @param reason of the last halt, pause or abort; null if there was none
 * @param waitsFor why it makes no progress; null if it does
 * @param soakUntil by the registry's clock; null if the current wave has no soak time
 * @param requestedAt by the registry's clock
 */
public record RolloutRow(
        String rollout,
        String group,
        int partition,
        RolloutState state,
        long version,
        RolloutRequested start,
        RolloutRequestRef startedBy,
        @Nullable String traceparent,
        Map<String, ResolvedTarget> targets,
        int concurrency,
        int wave,
        int halts,
        int upToDate,
        long sequence,
        @Nullable String reason,
        @Nullable String waitsFor,
        @Nullable Instant soakUntil,
        Instant requestedAt) {

    /** Whether waves and members are recorded. */
    public boolean isPlanned() {
        return !targets.isEmpty();
    }

    /** In this state, for this reason. */
    public RolloutRow in(RolloutState next, @Nullable String why) {
        return with(change -> {
            change.state = next;
            change.reason = why;
        });
    }

    /** After its plan was made. */
    public RolloutRow planned(Map<String, ResolvedTarget> resolved, int known) {
        return with(change -> {
            change.targets = resolved;
            change.upToDate = known;
        });
    }

    /** In the next wave, without a soak time. */
    public RolloutRow inWave(int number) {
        return with(change -> {
            change.wave = number;
            change.soakUntil = null;
        });
    }

    /** With one halt more: attempts that were made before are skipped. */
    public RolloutRow haltedOnce() {
        return with(change -> change.halts++);
    }

    /** With one event more. */
    public RolloutRow withEvent() {
        return with(change -> change.sequence++);
    }

    /** Waiting for something, or for nothing. */
    public RolloutRow waitingFor(@Nullable String what) {
        return with(change -> change.waitsFor = what);
    }

    /** Soaking until then. */
    public RolloutRow soakingUntil(@Nullable Instant end) {
        return with(change -> change.soakUntil = end);
    }

    private RolloutRow with(Consumer<Change> what) {
        Change change = new Change(this);
        what.accept(change);
        return change.row();
    }

    /** What can change of a rollout. */
    private static final class Change {
        private final RolloutRow from;
        private RolloutState state;
        private Map<String, ResolvedTarget> targets;
        private int wave;
        private int halts;
        private int upToDate;
        private long sequence;
        private @Nullable String reason;
        private @Nullable String waitsFor;
        private @Nullable Instant soakUntil;

        private Change(RolloutRow from) {
            this.from = from;
            this.state = from.state;
            this.targets = from.targets;
            this.wave = from.wave;
            this.halts = from.halts;
            this.upToDate = from.upToDate;
            this.sequence = from.sequence;
            this.reason = from.reason;
            this.waitsFor = from.waitsFor;
            this.soakUntil = from.soakUntil;
        }

        private RolloutRow row() {
            return new RolloutRow(
                    from.rollout,
                    from.group,
                    from.partition,
                    state,
                    from.version,
                    from.start,
                    from.startedBy,
                    from.traceparent,
                    targets,
                    from.concurrency,
                    wave,
                    halts,
                    upToDate,
                    sequence,
                    reason,
                    waitsFor,
                    soakUntil,
                    from.requestedAt);
        }
    }
}
