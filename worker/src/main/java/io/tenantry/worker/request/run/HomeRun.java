package io.tenantry.worker.request.run;

import io.tenantry.worker.engine.history.BusyException;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.LockedHome;
import io.tenantry.worker.request.HomeVerification.Seen;
import io.tenantry.worker.request.HomeWork;
import io.tenantry.worker.step.Step;
import io.tenantry.worker.step.StepResult;
import io.tenantry.worker.telemetry.RequestMeters;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work on one home, over all attempts. For use by one thread at a time. */
final class HomeRun {
    private static final Logger LOG = LoggerFactory.getLogger(HomeRun.class);

    private final HomeWork work;
    private final HomeReservation reservation;
    private final HomeResult result;
    private final RequestMeters meters;
    private final StepTimer timer;
    private boolean begun;
    private boolean applied;
    private @Nullable Seen seenFirst;

    /** How the fast path ended. */
    sealed interface FastEnd {
        /** As {@link #runSteps} returns. */
        record Concluded(Optional<StepResult.NotYet> notYet) implements FastEnd {}

        /** Another worker has the home's lock: come back later. */
        record Busy() implements FastEnd {}

        /** No plan applies: the steps must be run. */
        record NoPlan() implements FastEnd {}
    }

    /** @param registeredAt when the registry's version was seen; null if that is not known */
    HomeRun(HomeWork work, @Nullable Instant registeredAt, RequestMeters meters) {
        this.meters = meters;
        this.timer = new StepTimer(meters);
        this.work = work;
        this.reservation = new HomeReservation(work.home(), work.server());
        this.result = new HomeResult(work, registeredAt);
    }

    HomeWork work() {
        return work;
    }

    /** What its attempts hold. */
    HomeReservation reservation() {
        return reservation;
    }

    /** What its attempts have done. */
    HomeResult result() {
        return result;
    }

    boolean isDone() {
        return result.get() != null;
    }

    /** What was seen of the home before anything may have been done. */
    Seen seenFirst(Supplier<Seen> look) {
        Seen seen = seenFirst;
        if (seen == null || (seen.unknown() != null && !begun)) {
            seen = look.get();
            seenFirst = seen;
        }
        return seen;
    }

    /**
     * Whether something may have been done: by an attempt that ended in an exception, or by one that got further than to find
     * that it has to wait.
     */
    boolean hasBegun() {
        return begun;
    }

    /**
     * Whether there is surely no home of the tenant: nothing was begun, or all that was found there is somebody else's.
     */
    boolean hasMadeNothing() {
        return !begun || result.isTakenByAnother();
    }

    /**
     * Does what must be done before the home can be connected to; afterwards there is a result if that was refused.
     *
     * @param home locked in the server's own database
     * @throws SQLException if it cannot be done now
     */
    void provision(LockedHome home, Step provisioning) throws SQLException {
        StepResult made = measured(() -> timer.step(provisioning.name(), () -> provisioning.run(home)));
        result.add(made);
        if (made instanceof StepResult.Refused) {
            result.conclude(made);
        }
    }

    /**
     * Tries the fast path; afterwards there is a result, if that could be used and nothing is worth waiting for.
     *
     * @throws SQLException if the home cannot be worked on now
     */
    FastEnd runFastPath(HomeSession session) throws SQLException {
        boolean before = begun;
        try {
            PlanOutcome outcome =
                    measured(() -> timer.fastPath(() -> work.fastPath().attempt(session)));
            if (mustWait(outcome)) {
                begun = hasBegunNow(before);
            }
            if (outcome instanceof PlanOutcome.Done done) {
                if (done.lockedAt() == null) {
                    result.observedUnlocked();
                } else {
                    result.observed(done.lockedAt());
                }
                return new FastEnd.Concluded(result.conclude(StepResult.of(done.result())));
            }
            return outcome instanceof PlanOutcome.Busy ? new FastEnd.Busy() : new FastEnd.NoPlan();
        } catch (SQLException | RuntimeException failure) {
            if (result.interrupted()) {
                result.observedUnlocked();
            }
            throw failure;
        }
    }

    /** Whether it has to wait, for the home's lock at least. */
    private static boolean mustWait(PlanOutcome outcome) {
        return outcome instanceof PlanOutcome.Busy
                || outcome instanceof PlanOutcome.None
                || (outcome instanceof PlanOutcome.Done done
                        && StepResult.of(done.result()) instanceof StepResult.NotYet);
    }

    private boolean hasBegunNow(boolean before) {
        return before || applied || result.hasChanged();
    }

    /**
     * Runs the steps; afterwards there is a result, unless something is worth waiting for.
     *
     * @return what is worth waiting for: another release may be able to do more
     * @throws SQLException if the home cannot be worked on now
     */
    Optional<StepResult.NotYet> runSteps(LockedHome home) throws SQLException {
        boolean before = begun;
        try {
            StepResult last = measured(() -> lastOfSteps(home));
            result.observed(home.lockedAt());
            Optional<StepResult.NotYet> notYet = result.conclude(last);
            if (notYet.isPresent()) {
                begun = hasBegunNow(before);
            }
            return notYet;
        } catch (BusyException busy) {
            if (busy.kind() == BusyException.Kind.OUTSIDE_TRANSACTION) {
                begun = hasBegunNow(before);
            }
            interrupted(home);
            throw busy;
        } catch (SQLException | RuntimeException failure) {
            interrupted(home);
            throw failure;
        }
    }

    private void interrupted(LockedHome home) {
        if (result.interrupted()) {
            result.observed(home.lockedAt());
        }
    }

    private StepResult lastOfSteps(LockedHome home) throws SQLException {
        StepResult last = new StepResult.AlreadyDone();
        for (Step step : work.steps()) {
            last = timer.step(step.name(), () -> step.run(home));
            LOG.debug("{} of {}: {}", step.name(), work.home(), last);
            result.add(last);
            if (last instanceof StepResult.Refused || last instanceof StepResult.NotYet) {
                break;
            }
        }
        return last;
    }

    private <T> T measured(StepTimer.Part<T> part) throws SQLException {
        begun = true;
        long start = System.nanoTime();
        try {
            return part.run();
        } finally {
            result.worked(Duration.ofNanos(System.nanoTime() - start));
            countScripts();
        }
    }

    private void countScripts() {
        work.tracker().takeApplied().forEach((way, scripts) -> {
            applied |= scripts > 0;
            meters.migrated(work.home().database(), way.label(), scripts);
        });
    }
}
