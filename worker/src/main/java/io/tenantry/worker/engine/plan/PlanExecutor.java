package io.tenantry.worker.engine.plan;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.history.AppliedBy;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.postgres.QueryMessage;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.SessionReset;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Applies planned scripts to one home, with as few round trips as their transactions allow. For use by one thread. */
public final class PlanExecutor {
    /** How the execution of a plan, or of several, ended. */
    public enum End {
        DONE,
        /** Another session works on the home. */
        BUSY,
        /** The home is not as expected; the plan that found so changed nothing. */
        CHANGED,
        /**
         * The next script has no plan, or its plan fails on this home, or the reason is unknown. Flyway, which sends
         * one statement at a time, must run the rest.
         */
        STUCK,
        /** A script ran longer than it may, and would again. */
        TOO_LONG
    }

    private final HomeSession session;
    private final SessionTimeouts timeouts;
    private final PlanSql.Bounds bounds;
    private final Plans plans;
    private final VersionTracker tracker;
    private final boolean isTrial;
    private final PlanCleanup cleanup;
    private final List<String> applied = new ArrayList<>();
    private History history;
    private @Nullable ResultError error;

    /** @param history of the home */
    PlanExecutor(HomeSession session, Plans plans, History history, VersionTracker tracker) {
        this(session, session.timeouts(), PlanSql.Bounds.TRANSACTION, plans, history, tracker, false);
    }

    /** For a trial: what scripts leave in the session stays, because the trial reads it. */
    public static PlanExecutor forTrial(
            HomeSession session, SessionTimeouts timeouts, PlanSql.Bounds bounds, Plans plans, History history) {
        return new PlanExecutor(session, timeouts, bounds, plans, history, new VersionTracker(), true);
    }

    private PlanExecutor(
            HomeSession session,
            SessionTimeouts timeouts,
            PlanSql.Bounds bounds,
            Plans plans,
            History history,
            VersionTracker tracker,
            boolean isTrial) {
        this.isTrial = isTrial;
        this.session = session;
        this.timeouts = timeouts;
        this.bounds = bounds;
        this.plans = plans;
        this.tracker = tracker;
        this.history = history;
        this.cleanup = new PlanCleanup(session, bounds, isTrial);
    }

    /** The names of the applied migrations in results, in order. */
    List<String> applied() {
        return List.copyOf(applied);
    }

    /** The error of a script that ran too long. */
    ResultError error() {
        return Objects.requireNonNull(error);
    }

    /** The history, including the applied migrations. */
    History history() {
        return history;
    }

    /**
     * Applies one script after another, each in a transaction of its own.
     *
     * @throws SQLException if a failure may pass
     */
    public End apply(List<Migration> pending) throws SQLException {
        for (int i = 0; i < pending.size(); i++) {
            Migration migration = pending.get(i);
            Optional<PlannedScript> script = plans.of(migration).filter(planned -> planned.suits(session.home()));
            if (script.isEmpty()) {
                return End.STUCK;
            }
            endSessionIfNeeded(List.of(script.get()));
            boolean isLast = i == pending.size() - 1;
            PlanText plan = new PlanSql(session.home(), timeouts, bounds)
                    .step(history, script.get(), cleanup.afterwards(isLast));
            End end = execute(plan, List.of(script.get()), isLast);
            if (end != End.DONE) {
                return end;
            }
            add(migration);
        }
        return End.DONE;
    }

    /**
     * Creates the home, with these scripts applied, in one transaction.
     *
     * @return CHANGED if the home exists already, or cannot be created
     * @throws SQLException if a failure may pass
     */
    public End create(List<PlannedScript> scripts) throws SQLException {
        endSessionIfNeeded(scripts);
        boolean isLast = !scripts.isEmpty();
        String between = SessionReset.afterScript(session.connection());
        PlanText plan =
                new PlanSql(session.home(), timeouts, bounds).create(scripts, between, cleanup.afterwards(isLast));
        End end = execute(plan, scripts, isLast);
        if (end == End.DONE) {
            scripts.forEach(script -> add(script.migration()));
        }
        return end;
    }

    /** What these scripts may leave cannot be reset. */
    private void endSessionIfNeeded(List<PlannedScript> scripts) {
        if (plans.customSettings().isIn(session.home()) || scripts.stream().anyMatch(PlannedScript::leavesSettings)) {
            session.endAfterwards();
        }
    }

    private void add(Migration migration) {
        history = history.with(migration);
        applied.add(migration.name());
        tracker.applied(AppliedBy.PLAN, 1);
    }

    private End execute(PlanText plan, List<PlannedScript> scripts, boolean isLast) throws SQLException {
        try (ReceiveLimit limit = session.limit()) {
            tracker.reserveIfNeeded(limit);
            cleanup.begin();
            QueryMessage message = new QueryMessage();
            long start = System.nanoTime();
            try {
                tracker.runs(names(scripts));
                message.send(session.connection(), plan.sql());
            } catch (SQLException failure) {
                throwIfLimited(limit, scripts, failure);
                if (!plan.isCommitted(message.completed())) {
                    Duration took = Duration.ofNanos(System.nanoTime() - start);
                    return failed(plan, plan.after(message.completed()), scripts, failure, took);
                }
                cleanup.failedAfterCommit();
            } finally {
                tracker.runs("");
            }
            if (isTrial && message.completed() != plan.statements()) {
                // A plan tells by counting where it fails, and whether it is committed; for this script counting is
                // wrong.
                return End.STUCK;
            }
            tracker.locked(PlanSql.lockTime(Objects.requireNonNull(message.firstValue())));
            if (isLast && plan.isCommitted(message.completed())) {
                cleanup.ended(message);
            }
            return End.DONE;
        }
    }

    private static String names(List<PlannedScript> scripts) {
        String first = scripts.isEmpty() ? "" : scripts.get(0).migration().script();
        return scripts.size() <= 1 ? first : first + " and " + (scripts.size() - 1) + " more";
    }

    private End failed(
            PlanText plan, PlanText.Place place, List<PlannedScript> scripts, SQLException cause, Duration took)
            throws SQLException {
        boolean sound = cleanup.rollBack(cause);
        PlanFailure failure = new PlanFailure(cause, place, sound, took, place.equals(plan.firstOfScripts()));
        End end = failure.end(session.home(), scripts, timeouts.statement());
        if (end == End.TOO_LONG) {
            error = failure.tooLong(session.home(), timeouts.statement());
        }
        return end;
    }

    /** Throws if the scripts sent more than this worker receives, or must wait for memory before they send so much. */
    private void throwIfLimited(ReceiveLimit limit, List<PlannedScript> scripts, SQLException failure)
            throws SQLException {
        boolean isOne = scripts.size() == 1;
        if (limit.hadNoTurn() && !isTrial) {
            throw tracker.noTurn(isOne ? scripts.get(0).migration().script() : "");
        }
        if (limit.isStopped()) {
            throw isOne
                    ? tracker.tooMuch(scripts.get(0).migration().script(), null, null, limit, failure)
                    : tracker.tooMuchAtOnce(limit, failure);
        }
    }
}
