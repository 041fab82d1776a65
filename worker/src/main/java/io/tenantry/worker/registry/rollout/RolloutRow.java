package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.RolloutRequestRef;
import io.tenantry.contracts.RolloutRequested;
import java.time.Instant;
import java.util.Map;
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
 *     half second
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
        return new RolloutRow(
                rollout,
                group,
                partition,
                next,
                version,
                start,
                startedBy,
                traceparent,
                targets,
                concurrency,
                wave,
                halts,
                upToDate,
                sequence,
                why,
                waitsFor,
                soakUntil,
                requestedAt);
    }

    /** After its plan was made. */
    public RolloutRow planned(Map<String, ResolvedTarget> resolved, int known) {
        return new RolloutRow(
                rollout,
                group,
                partition,
                state,
                version,
                start,
                startedBy,
                traceparent,
                resolved,
                concurrency,
                wave,
                halts,
                known,
                sequence,
                reason,
                waitsFor,
                soakUntil,
                requestedAt);
    }

    /** In the next wave, without a soak time. */
    public RolloutRow inWave(int number) {
        return new RolloutRow(
                rollout,
                group,
                partition,
                state,
                version,
                start,
                startedBy,
                traceparent,
                targets,
                concurrency,
                number,
                halts,
                upToDate,
                sequence,
                reason,
                waitsFor,
                null,
                requestedAt);
    }

    /** With one halt more: attempts that were made before are skipped. */
    public RolloutRow haltedOnce() {
        return new RolloutRow(
                rollout,
                group,
                partition,
                state,
                version,
                start,
                startedBy,
                traceparent,
                targets,
                concurrency,
                wave,
                halts + 1,
                upToDate,
                sequence,
                reason,
                waitsFor,
                soakUntil,
                requestedAt);
    }

    /** With one event more. */
    public RolloutRow withEvent() {
        return new RolloutRow(
                rollout,
                group,
                partition,
                state,
                version,
                start,
                startedBy,
                traceparent,
                targets,
                concurrency,
                wave,
                halts,
                upToDate,
                sequence + 1,
                reason,
                waitsFor,
                soakUntil,
                requestedAt);
    }

    /** Waiting for something, or for nothing. */
    public RolloutRow waitingFor(@Nullable String what) {
        return new RolloutRow(
                rollout,
                group,
                partition,
                state,
                version,
                start,
                startedBy,
                traceparent,
                targets,
                concurrency,
                wave,
                halts,
                upToDate,
                sequence,
                reason,
                what,
                soakUntil,
                requestedAt);
    }

    /** Soaking until then. */
    public RolloutRow soakingUntil(@Nullable Instant end) {
        return new RolloutRow(
                rollout,
                group,
                partition,
                state,
                version,
                start,
                startedBy,
                traceparent,
                targets,
                concurrency,
                wave,
                halts,
                upToDate,
                sequence,
                reason,
                waitsFor,
                end,
                requestedAt);
    }
}
