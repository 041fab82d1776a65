package io.tenantry.worker.engine.plan;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HistoryRow;
import io.tenantry.worker.engine.history.ScriptFailure;
import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.postgres.LastResult;
import io.tenantry.worker.postgres.QueryMessage;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.SessionReset;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Applies planned scripts to one home, with as few round trips as their transactions allow. For use by one thread. */
public final class PlanExecutor {
    /** query_canceled. */
    private static final String CANCELED = "57014";
    /** invalid_text_representation: how a plan says that the lock is not free. */
    private static final String NO_INTEGER = "22P02";

    /** Undoes all that a tenant's scripts left in the session; the last rows are {@link SessionReset#PREPARED}. */
    private static final String RESET = SessionReset.RESET + "; " + SessionReset.PREPARED;

    /**
     * How long a message took that failed. The server measures each statement, and says so only when all are done.
     *
     * @param byOneStatement whether it is the time of the statement that failed; else that one may have run for a part of it
     */
    private record Took(Duration message, boolean byOneStatement) {}

    /** How far it came. */
    public enum End {
        DONE,
        /** Somebody else works on the home. */
        BUSY,
        /** The home is not as it was taken for; this much of it was left as it is. */
        CHANGED,
        /** What comes next has no plan, or its plan fails here, or it is not known why: for Flyway, which sends one statement at a time. */
        STUCK,
        /** A script ran longer than it may: it would again. */
        TOO_LONG
    }

    private final HomeSession session;
    private final SessionTimeouts timeouts;
    private final PlanSql.Bounds bounds;
    private final Plans plans;
    private final List<HistoryRow> rows;
    private final VersionTracker tracker;
    private final boolean isTrial;
    private final List<String> applied = new ArrayList<>();
    private @Nullable ResultError error;
    /** Whether what a script has left is still in the session. */
    private boolean unreset;

    /** @param history of the home */
    PlanExecutor(HomeSession session, Plans plans, History history, VersionTracker tracker) {
        this(session, session.timeouts(), PlanSql.Bounds.TRANSACTION, plans, history, tracker, false);
    }

    /** For a trial: what scripts leave in the session stays, and is looked at. */
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
        this.rows = new ArrayList<>(history.rows());
    }

    /** How results call what was applied, in order. */
    List<String> applied() {
        return List.copyOf(applied);
    }

    /** What is said of a script that ran too long. */
    ResultError error() {
        return Objects.requireNonNull(error);
    }

    /** The history, with what was applied. */
    History history() {
        return new History(rows);
    }

    /**
     * Applies one script after the other, each in a transaction of its own.
     *
     * @throws SQLException if that may pass
     */
    public End apply(List<Migration> pending) throws SQLException {
        for (int i = 0; i < pending.size(); i++) {
            Migration migration = pending.get(i);
            Optional<PlannedScript> script = plans.of(migration).filter(planned -> planned.suits(session.home()));
            if (script.isEmpty()) {
                return End.STUCK;
            }
            outlives(List.of(script.get()));
            boolean isLast = i == pending.size() - 1;
            PlanText plan = new PlanSql(session.home(), timeouts, bounds).step(rows, script.get(), afterwards(isLast));
            End end = execute(plan, List.of(script.get()), isLast);
            if (end != End.DONE) {
                return end;
            }
            add(migration);
        }
        return End.DONE;
    }

    /**
     * Makes the home, with these scripts applied, in one transaction.
     *
     * @return CHANGED if there is one already, or it cannot be made
     * @throws SQLException if that may pass
     */
    public End create(List<PlannedScript> scripts) throws SQLException {
        outlives(scripts);
        boolean isLast = !scripts.isEmpty();
        String between = SessionReset.afterScript(session.connection());
        PlanText plan = new PlanSql(session.home(), timeouts, bounds).create(scripts, between, afterwards(isLast));
        End end = execute(plan, scripts, isLast);
        if (end == End.DONE) {
            scripts.forEach(script -> add(script.migration()));
        }
        return end;
    }

    private void outlives(List<PlannedScript> scripts) {
        if (plans.customSettings().isIn(session.home()) || scripts.stream().anyMatch(PlannedScript::leavesSettings)) {
            session.endAfterwards();
        }
    }

    /** What undoes, behind the transaction, what it left in the session: all of it, or what ends with a script. */
    private String afterwards(boolean isLast) throws SQLException {
        if (isTrial) {
            return "";
        }
        return ";\n" + (isLast ? RESET : SessionReset.afterScript(session.connection()));
    }

    private void add(Migration migration) {
        int rank = rows.isEmpty() ? 1 : rows.get(rows.size() - 1).rank() + 1;
        rows.add(HistoryRow.of(rank, migration));
        applied.add(migration.name());
    }

    private End execute(PlanText plan, List<PlannedScript> scripts, boolean isLast) throws SQLException {
        try (ReceiveLimit limit = session.limit()) {
            tracker.reserveIfNeeded(limit);
            session.changed();
            resetFirst();
            QueryMessage message = new QueryMessage();
            long start = System.nanoTime();
            try {
                message.send(session.connection(), plan.sql());
            } catch (SQLException failure) {
                if (limit.hadNoTurn() && !isTrial) {
                    throw tracker.noTurn(
                            scripts.size() == 1 ? scripts.get(0).migration().script() : "");
                }
                if (limit.isStopped()) {
                    throw tooMuch(scripts, limit, failure);
                }
                if (!plan.isCommitted(message.completed())) {
                    Duration took = Duration.ofNanos(System.nanoTime() - start);
                    PlanText.Place place = plan.after(message.completed());
                    boolean sound = rollBack(failure);
                    if (!sound && place.isAmongScripts()) {
                        throw sessionEnded(scripts, failure);
                    }
                    return judge(place, failure, sound, new Took(took, place.equals(plan.firstOfScripts())));
                }
                // What the scripts left may still be there.
                session.endAfterwards();
                unreset = true;
            }
            if (isTrial && message.completed() != plan.statements()) {
                // Where a plan fails, and whether it is committed, is known by counting.
                return End.STUCK;
            }
            tracker.locked(PlanSql.lockTime(Objects.requireNonNull(message.firstValue())));
            if (isLast && !isTrial && plan.isCommitted(message.completed()) && message.endsWithoutRows()) {
                session.restored();
            }
            return End.DONE;
        }
    }

    /** What stands behind a plan was not done. */
    private void resetFirst() throws SQLException {
        if (unreset) {
            try (Statement statement = session.connection().createStatement()) {
                statement.execute(RESET);
            }
            unreset = false;
        }
    }

    /** While no script alone was under way. */
    private static ScriptFailure sessionEnded(List<PlannedScript> scripts, SQLException failure) {
        String names =
                scripts.stream().map(script -> script.migration().script()).collect(Collectors.joining(", "));
        ResultError error = ResultError.of(
                ErrorCode.MIGRATION_FAILED,
                "the session ended while these were committed: " + names + ": "
                        + FailureKind.firstLines(failure.getMessage()));
        return new ScriptFailure(ScriptFailure.Kind.SESSION_ENDED, error, failure);
    }

    private TooMuchSentException tooMuch(List<PlannedScript> scripts, ReceiveLimit limit, SQLException failure) {
        return scripts.size() == 1
                ? tracker.tooMuch(scripts.get(0).migration().script(), null, null, limit, failure)
                : tracker.tooMuchAtOnce(limit, failure);
    }

    /** Else what is left is undone when the session is closed. */
    private void restored(Statement statement) throws SQLException {
        if (isTrial) {
            return;
        }
        try (ResultSet prepared = LastResult.of(statement)) {
            if (!prepared.next()) {
                session.restored();
            }
        }
    }

    private boolean rollBack(SQLException failure) {
        try (Statement statement = session.connection().createStatement()) {
            statement.execute(bounds.rollBack() + (isTrial ? "" : ";\n" + RESET));
            restored(statement);
            return true;
        } catch (SQLException broken) {
            failure.addSuppressed(broken);
            return false;
        }
    }

    private End judge(PlanText.Place place, SQLException failure, boolean sound, Took took) throws SQLException {
        PlannedScript script = place.script();
        return script == null ? judgeOwn(place, failure, sound) : judgeScript(place, script, failure, sound, took);
    }

    /** A statement of the worker's own failed. */
    private static End judgeOwn(PlanText.Place place, SQLException failure, boolean sound) throws SQLException {
        if (!sound || SqlFailure.of(failure) == SqlFailure.TRANSIENT) {
            throw failure;
        }
        switch (place.part()) {
            case LOCK -> {
                if (NO_INTEGER.equals(failure.getSQLState())) {
                    return End.BUSY;
                }
                throw failure;
            }
            case HOME -> {
                return End.CHANGED;
            }
            case BEGIN, SCRIPT, COMMIT -> {
                // A syntax error in a script is found before anything begins; a constraint that was deferred, at the
                // end.
                return End.STUCK;
            }
        }
        throw new IllegalStateException("no such part: " + place);
    }

    /** A script failed. Whatever SQLSTATE it has, the script may have raised it: Flyway says where in the file. */
    private End judgeScript(PlanText.Place place, PlannedScript script, SQLException failure, boolean sound, Took took)
            throws SQLException {
        if (!sound) {
            throw new ScriptFailure(ScriptFailure.Kind.SESSION_ENDED, describe(place, script, failure, ""), failure);
        }
        if (FailureKind.isInTheWay(failure, took.message(), timeouts.statement())) {
            throw new ScriptFailure(ScriptFailure.Kind.IN_THE_WAY, describe(place, script, failure, ""), failure);
        }
        if (CANCELED.equals(failure.getSQLState()) && took.byOneStatement()) {
            error = describe(place, script, failure, FailureKind.advice(timeouts.statement()));
            return End.TOO_LONG;
        }
        return End.STUCK;
    }

    private ResultError describe(PlanText.Place place, PlannedScript script, SQLException failure, String advice) {
        PlannedScript.@Nullable Statement statement = place.text();
        return new ResultError(
                FailureKind.code(failure),
                script.migration().script() + " failed: " + FailureKind.firstLines(failure.getMessage()) + advice,
                failure.getSQLState(),
                script.migration().script(),
                statement == null ? null : statement.line(),
                statement == null ? null : script.names().replace(statement.text(), session.home()));
    }
}
