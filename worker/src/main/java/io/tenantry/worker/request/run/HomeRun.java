package io.tenantry.worker.request.run;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.history.Progress;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Wait;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.LockedHome;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.RegisteredHome;
import io.tenantry.worker.request.HomeWork;
import io.tenantry.worker.step.Step;
import io.tenantry.worker.step.StepResult;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work on one home, over all attempts. For use by one thread at a time. */
final class HomeRun {
    private static final Logger LOG = LoggerFactory.getLogger(HomeRun.class);

    private final HomeWork work;
    /**
     * A look without the lock may be overtaken by whoever works there at that moment: it corrects what the registry had
     * before, and nothing that anybody says since.
     */
    private final Instant seenUnlocked;
    /** What the registry says of when its version was seen; null if it does not. */
    private final @Nullable Instant registeredAt;

    private Duration worked = Duration.ZERO;
    private @Nullable DatabaseResult result;
    /** What attempts have done that broke off; null if none did, or it is not known. */
    private @Nullable Progress progress;
    /** When the version was seen last; null if it was not. */
    private @Nullable Instant observedAt;

    /** Whether an earlier attempt changed the home, so that the last one, which finds nothing to do, is not all. */
    private boolean changed;

    /** Whether a step was run, so that something may have been done. */
    private boolean begun;

    /** Of the server; null if none is asked for. */
    private ConnectionBulkhead.@Nullable Permit permit;

    /** To try what only one may do at a time; null if none is asked for. */
    private ExclusiveQueue.@Nullable Turn turn;

    /** What came of trying without the lock. */
    sealed interface Quick {
        /** As {@link #run} returns. */
        record Ended(Optional<StepResult.NotYet> notYet) implements Quick {}

        record Busy() implements Quick {}

        record Unable() implements Quick {}
    }

    /** The registry does not know this home. */
    HomeRun(HomeWork work) {
        this(work, null);
    }

    /** @param registeredAt when the registry's version was seen; null if that is not known */
    HomeRun(HomeWork work, @Nullable Instant registeredAt) {
        this.work = work;
        this.registeredAt = registeredAt;
        this.seenUnlocked = registeredAt == null ? Instant.EPOCH : registeredAt;
    }

    HomeWork work() {
        return work;
    }

    /** Asks for a permit of the server; says what to wait for if there is none yet. */
    Optional<NextAction> acquire(ConnectionBulkhead.Use use) {
        ConnectionBulkhead.Permit asked =
                permit == null ? work.server().bulkhead().ask(use) : permit;
        permit = asked;
        return asked.isHeld()
                ? Optional.empty()
                : Optional.of(new NextAction.Await(
                        asked::whenHeld,
                        new Wait(WaitReason.NO_CONNECTION, work.server().name())));
    }

    /** Gives the permit back, or the place in the queue for one. May be called again. */
    void release() {
        if (permit != null) {
            permit.end();
            permit = null;
        }
    }

    /**
     * Somebody does what only one may do at a time: asks for a turn to try that; says what to wait for if it is not this
     * one's turn.
     */
    Optional<NextAction> awaitTurn(ExclusiveQueue turns) {
        ExclusiveQueue.Turn asked = turn == null ? turns.ask(place()) : turn;
        turn = asked;
        return asked.isHeld()
                ? Optional.empty()
                : Optional.of(new NextAction.Await(asked::whenHeld, new Wait(WaitReason.ONE_AT_A_TIME, place())));
    }

    /** The PostgreSQL database, as far as the configuration tells. */
    String place() {
        TenantHome home = work.home();
        return home.isolation() == Isolation.DATABASE ? home.server() + "/" + home.location() : home.server();
    }

    /** Lets the next one try. May be called again. */
    void endTurn() {
        if (turn != null) {
            turn.end();
            turn = null;
        }
    }

    /** It is not worked on any more. */
    void abandon() {
        release();
        endTurn();
    }

    /** Null until the home is done with. */
    @Nullable DatabaseResult result() {
        return result;
    }

    /**
     * Runs the steps; afterwards there is a result, unless another release may be able to do more.
     *
     * @return what is worth waiting for
     * @throws SQLException if the home cannot be worked on now
     */
    Optional<StepResult.NotYet> run(LockedHome home) throws SQLException {
        long start = System.nanoTime();
        try {
            StepResult last = new StepResult.AlreadyDone();
            for (Step step : work.steps()) {
                begun = true;
                last = step.run(home);
                LOG.debug("{} of {}: {}", step.name(), work.home(), last);
                changed |= last instanceof StepResult.Done;
                if (last instanceof StepResult.Refused || last instanceof StepResult.NotYet) {
                    break;
                }
            }
            observedAt = home.lockedAt();
            return conclude(last, elapsed(start));
        } catch (SQLException | RuntimeException failure) {
            lookAtProgress(home.lockedAt());
            throw failure;
        } finally {
            worked = worked.plus(elapsed(start));
        }
    }

    private void lookAtProgress(Instant seenAt) {
        Optional<Progress> now = work.steps().stream()
                .map(Step::progress)
                .flatMap(Stream::ofNullable)
                .findFirst();
        // One of an earlier attempt is as old as it was: others may have worked on the home since.
        if (now.isPresent() && !now.get().equals(progress)) {
            progress = now.get();
            observedAt = seenAt;
        }
    }

    /**
     * Does what must be done before the home can be connected to; afterwards there is a result if that was refused.
     *
     * @param home locked in the server's own database
     * @throws SQLException if it cannot be done now
     */
    void provision(LockedHome home, Step provisioning) throws SQLException {
        long start = System.nanoTime();
        try {
            begun = true;
            StepResult made = provisioning.run(home);
            changed |= made instanceof StepResult.Done;
            if (made instanceof StepResult.Refused) {
                conclude(made, elapsed(start));
            }
        } finally {
            worked = worked.plus(elapsed(start));
        }
    }

    /**
     * Tries to do all without keeping the lock; there is a result then.
     *
     * @return what is worth waiting for, if that is all; or that it is busy, or that the steps must be run
     * @throws SQLException if the home cannot be worked on now
     */
    Quick runQuickly(HomeSession session) throws SQLException {
        long start = System.nanoTime();
        try {
            begun = true;
            List<Step> steps = work.steps();
            PlanOutcome shortcut = steps.isEmpty()
                    ? new PlanOutcome.None()
                    : steps.get(steps.size() - 1).shortcut(session);
            if (shortcut instanceof PlanOutcome.Done done) {
                observedAt = done.lockedAt() == null ? seenUnlocked : done.lockedAt();
                return new Quick.Ended(conclude(StepResult.of(done.result()), elapsed(start)));
            }
            return shortcut instanceof PlanOutcome.Busy ? new Quick.Busy() : new Quick.Unable();
        } catch (SQLException | RuntimeException failure) {
            lookAtProgress(seenUnlocked);
            throw failure;
        } finally {
            worked = worked.plus(elapsed(start));
        }
    }

    private Optional<StepResult.NotYet> conclude(StepResult last, Duration sinceStart) {
        if (last instanceof StepResult.NotYet notYet) {
            return Optional.of(notYet);
        }
        Duration duration = worked.plus(sinceStart);
        if (last instanceof StepResult.Refused refused) {
            result = databaseResult(
                    Outcome.FAILED, refused.from(), refused.to(), refused.applied(), duration, refused.error());
        } else if (last instanceof StepResult.Migrated migrated) {
            boolean nothing = migrated.applied().isEmpty() && !changed;
            result = databaseResult(
                    nothing ? Outcome.UP_TO_DATE : Outcome.COMPLETED,
                    migrated.from(),
                    migrated.to(),
                    migrated.applied(),
                    duration,
                    null);
        } else {
            throw new IllegalStateException("the last step of " + work.home() + " says nothing about its version");
        }
        return Optional.empty();
    }

    /** Ends it as failed, with what earlier attempts have done, as far as that is known. */
    void fail(ResultError error) {
        fail(null, error);
    }

    /**
     * The same.
     *
     * @param version where the home is, if no attempt broke off; null if there is none, or it is not known
     */
    void fail(@Nullable String version, ResultError error) {
        Progress done = progress == null ? new Progress(version, version, List.of()) : progress;
        result = databaseResult(Outcome.FAILED, done.from(), done.to(), done.applied(), worked, error);
    }

    /** Whether something may have been done. */
    boolean hasBegun() {
        return begun;
    }

    boolean hasFailed() {
        return result != null && result.outcome() == Outcome.FAILED;
    }

    /** A home without a result was not attempted, because an earlier one failed. */
    DatabaseResult resultOrNotAttempted() {
        return result == null
                ? databaseResult(Outcome.NOT_ATTEMPTED, null, null, List.of(), Duration.ZERO, null)
                : result;
    }

    /** What the registry learns; empty if the home was not reached. */
    Optional<RegisteredHome> registered() {
        TenantHome home = work.home();
        DatabaseResult known = result;
        if (known == null || (known.outcome() == Outcome.FAILED && known.to() == null)) {
            return Optional.empty();
        }
        return Optional.of(new RegisteredHome(
                home.tenant(), home.database(), home.server(), home.location(), known.to(), observedAt, registeredAt));
    }

    private DatabaseResult databaseResult(
            Outcome outcome,
            @Nullable String from,
            @Nullable String to,
            List<String> applied,
            Duration duration,
            @Nullable ResultError error) {
        TenantHome home = work.home();
        return new DatabaseResult(
                home.database(),
                home.server(),
                home.location(),
                outcome,
                from,
                to,
                applied,
                duration.toMillis(),
                error);
    }

    private static Duration elapsed(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }
}
