package io.tenantry.worker.request.run;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.history.Progress;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.RegisteredHome;
import io.tenantry.worker.request.HomeWork;
import io.tenantry.worker.step.StepResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What all attempts have done to one home, and its result when it is done with. For use by one thread at a time. */
final class HomeResult {
    private final TenantHome home;
    private final VersionTracker tracker;
    /** When the registry's version was seen; null if that is not known. */
    private final @Nullable Instant registeredAt;

    private Duration worked = Duration.ZERO;
    /** Whether any attempt changed the home. The last one alone does not tell: it may find nothing left to do. */
    private boolean changed;
    /** What attempts have done that ended in an exception; null if none did, or it is not known. */
    private @Nullable Progress progress;
    /** When the version was last seen; null if it was not. */
    private @Nullable Instant observedAt;

    private @Nullable DatabaseResult result;
    /** Of what the home has had applied; null if it failed, or that is not known. */
    private @Nullable String fingerprint;

    HomeResult(HomeWork work, @Nullable Instant registeredAt) {
        this.home = work.home();
        this.tracker = work.tracker();
        this.registeredAt = registeredAt;
    }

    /** Null until the home is done with. */
    @Nullable DatabaseResult get() {
        return result;
    }

    boolean hasFailed() {
        return result != null && result.outcome() == Outcome.FAILED;
    }

    /** An attempt has worked for so long. */
    void worked(Duration duration) {
        worked = worked.plus(duration);
    }

    /** A step has ended with this result. */
    void add(StepResult step) {
        changed |= step instanceof StepResult.Done;
    }

    /** Whether a step has changed the home. */
    boolean hasChanged() {
        return changed;
    }

    /** The version was seen at this time, by the server's clock. */
    void observed(Instant at) {
        observedAt = at;
    }

    /**
     * The version was seen without the home's lock. Another worker may have the lock, and be ahead of what was seen. So
     * it is reported with the time of the version that the registry had: it replaces that version, and none that was
     * reported later.
     */
    void observedUnlocked() {
        observedAt = registeredAt == null ? Instant.EPOCH : registeredAt;
    }

    /**
     * An attempt ended in an exception. Returns whether the home's version was read again after it. What an earlier
     * attempt has read is as old as that attempt, and other workers may have worked on the home since.
     */
    boolean interrupted() {
        Progress now = tracker.progress();
        if (now == null || now.equals(progress)) {
            return false;
        }
        progress = now;
        return true;
    }

    /**
     * The last step, or the fast path, has ended with this result; afterwards the home has one.
     *
     * @return what to wait for; the home has no result then
     */
    Optional<StepResult.NotYet> conclude(StepResult last) {
        if (last instanceof StepResult.NotYet notYet) {
            return Optional.of(notYet);
        }
        if (last instanceof StepResult.Refused refused) {
            end(Outcome.FAILED, new Progress(refused.from(), refused.to(), refused.applied()), refused.error());
        } else if (last instanceof StepResult.Migrated migrated) {
            fingerprint = migrated.fingerprint();
            boolean nothing = migrated.applied().isEmpty() && !changed;
            end(
                    nothing ? Outcome.UP_TO_DATE : Outcome.COMPLETED,
                    new Progress(migrated.from(), migrated.to(), migrated.applied()),
                    null);
        } else {
            throw new IllegalStateException("the last step of " + home + " says nothing about its version");
        }
        return Optional.empty();
    }

    /** Ends the home as failed, with what earlier attempts have done, as far as that is known. */
    void fail(ResultError error) {
        fail(null, error);
    }

    /**
     * The same.
     *
     * @param version of the home, if no attempt ended in an exception; null if there is none, or it is not known
     */
    void fail(@Nullable String version, ResultError error) {
        end(Outcome.FAILED, progress == null ? new Progress(version, version, List.of()) : progress, error);
    }

    /** Whether the place of the home belongs to somebody else, and nothing was done there. */
    boolean isTakenByAnother() {
        return result != null
                && result.error() != null
                && result.error().code() == ErrorCode.LOCATION_TAKEN
                && result.to() == null
                && !changed;
    }

    /** Whether the home has a result, and the request changed it. */
    boolean hasApplied() {
        return result != null && result.outcome() == Outcome.COMPLETED;
    }

    /** Whether the home has a result, and had no version before the request. */
    boolean isNew() {
        return result != null && result.from() == null;
    }

    /** The home failed after all, with what was applied. */
    void failAfterwards(ResultError error) {
        DatabaseResult known = Objects.requireNonNull(result);
        fingerprint = null;
        end(Outcome.FAILED, new Progress(known.from(), known.to(), known.applied()), error);
    }

    private void end(Outcome outcome, Progress done, @Nullable ResultError error) {
        result = databaseResult(outcome, done, worked, error);
    }

    /** A home without a result was not attempted, because an earlier one failed. */
    DatabaseResult orNotAttempted() {
        return result == null
                ? databaseResult(Outcome.NOT_ATTEMPTED, new Progress(null, null, List.of()), Duration.ZERO, null)
                : result;
    }

    /** What the registry learns; empty if the home was not reached. */
    Optional<RegisteredHome> registered() {
        DatabaseResult known = result;
        if (known == null || (known.outcome() == Outcome.FAILED && known.to() == null)) {
            return Optional.empty();
        }
        return Optional.of(new RegisteredHome(
                home.tenant(),
                home.database(),
                home.server(),
                home.location(),
                known.to(),
                fingerprint,
                observedAt,
                registeredAt));
    }

    private DatabaseResult databaseResult(
            Outcome outcome, Progress done, Duration duration, @Nullable ResultError error) {
        return new DatabaseResult(
                home.database(),
                home.server(),
                home.location(),
                outcome,
                done.from(),
                done.to(),
                done.applied(),
                duration.toMillis(),
                error);
    }
}
