package io.tenantry.worker.engine;

import io.tenantry.worker.engine.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.HomeSession;
import io.tenantry.worker.postgres.LastResult;
import io.tenantry.worker.postgres.ReceiveLimit;
import io.tenantry.worker.postgres.SessionReset;
import io.tenantry.worker.postgres.SessionTimeouts;
import io.tenantry.worker.postgres.SqlFailure;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Applies planned scripts to one home, each list in as few round trips as its transactions need. For one thread. */
final class Planner {
    /** duplicate_schema, and unique_violation if two create it at the same moment. */
    private static final Set<String> THERE_ALREADY = Set.of("42P06", "23505");
    /** undefined_table, invalid_schema_name: where the history should be. */
    private static final Set<String> NOT_THERE = Set.of("42P01", "3F000");

    /** Undoes all that a tenant's scripts left in the session; the last rows are {@link SessionReset#PREPARED}. */
    private static final String RESET = SessionReset.RESET + "; " + SessionReset.PREPARED;

    /** How far it came. */
    enum End {
        DONE,
        /** Somebody else works on the home. */
        BUSY,
        /** The home is not as it was taken for; this much of it was left as it is. */
        CHANGED,
        /** What comes next has no plan, or its plan fails here: for Flyway. */
        STUCK
    }

    private final HomeSession session;
    private final SessionTimeouts timeouts;
    private final Plans plans;
    private final List<HistoryRow> rows;
    private final Sightings sightings;
    private final boolean isTrial;
    private final List<String> applied = new ArrayList<>();

    /** @param history of the home */
    Planner(HomeSession session, Plans plans, History history, Sightings sightings) {
        this(session, session.timeouts(), plans, history, sightings, false);
    }

    /** For a trial: what scripts leave in the session stays, and is looked at. */
    static Planner forTrial(HomeSession session, SessionTimeouts timeouts, Plans plans, History history) {
        return new Planner(session, timeouts, plans, history, new Sightings(), true);
    }

    private Planner(
            HomeSession session,
            SessionTimeouts timeouts,
            Plans plans,
            History history,
            Sightings sightings,
            boolean isTrial) {
        this.isTrial = isTrial;
        this.session = session;
        this.timeouts = timeouts;
        this.plans = plans;
        this.sightings = sightings;
        this.rows = new ArrayList<>(history.rows());
    }

    /** How results call what was applied, in order. */
    List<String> applied() {
        return List.copyOf(applied);
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
    End apply(List<Migration> pending) throws SQLException {
        for (int i = 0; i < pending.size(); i++) {
            Migration migration = pending.get(i);
            Optional<PlannedScript> script = plans.of(migration).filter(planned -> planned.suits(session.home()));
            if (script.isEmpty()) {
                return End.STUCK;
            }
            outlives(script.get());
            boolean isLast = i == pending.size() - 1;
            String sql = new PlanSql(session.home(), timeouts).step(rows, script.get(), afterwards(isLast));
            End end = execute(sql, List.of(script.get()), isLast, NOT_THERE);
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
     * @return CHANGED if there is one already
     * @throws SQLException if that may pass
     */
    End create(List<PlannedScript> scripts) throws SQLException {
        scripts.forEach(this::outlives);
        boolean isLast = !scripts.isEmpty();
        String between = SessionReset.afterScript(session.connection());
        String sql = new PlanSql(session.home(), timeouts).create(scripts, between, afterwards(isLast));
        End end = execute(sql, scripts, isLast, THERE_ALREADY);
        if (end == End.DONE) {
            scripts.forEach(script -> add(script.migration()));
        }
        return end;
    }

    private void outlives(PlannedScript script) {
        if (script.leavesSettings()) {
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

    private End execute(String sql, List<PlannedScript> scripts, boolean isLast, Set<String> changed)
            throws SQLException {
        try (ReceiveLimit limit = session.limit();
                Statement statement = session.connection().createStatement()) {
            statement.setEscapeProcessing(false);
            session.changed();
            try {
                sightings.locked(lockTime(statement, statement.execute(sql)));
                if (isLast) {
                    restored(statement);
                }
                return End.DONE;
            } catch (SQLException failure) {
                if (limit.exceeded()) {
                    throw tooMuch(scripts, limit, failure);
                }
                boolean sound = rollBack(statement, failure);
                return judge(failure, sound, changed);
            }
        }
    }

    private TooMuchSentException tooMuch(List<PlannedScript> scripts, ReceiveLimit limit, SQLException failure) {
        return scripts.size() == 1
                ? sightings.tooMuch(scripts.get(0).migration().script(), null, null, limit, failure)
                : sightings.tooMuchAtOnce(limit, failure);
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

    private static Instant lockTime(Statement statement, boolean firstIsRows) throws SQLException {
        boolean isRows = firstIsRows;
        while (!isRows && statement.getUpdateCount() != -1) {
            isRows = statement.getMoreResults();
        }
        try (ResultSet row = statement.getResultSet()) {
            row.next();
            return row.getObject(PlanSql.LOCKED_AT, OffsetDateTime.class).toInstant();
        }
    }

    private boolean rollBack(Statement statement, SQLException failure) {
        try {
            statement.execute(isTrial ? "ROLLBACK" : "ROLLBACK;\n" + RESET);
            restored(statement);
            return true;
        } catch (SQLException broken) {
            failure.addSuppressed(broken);
            return false;
        }
    }

    /** On a sound connection a script may have raised a server's code itself: Flyway will tell. */
    private static End judge(SQLException failure, boolean sound, Set<String> changed) throws SQLException {
        String message = String.valueOf(failure.getMessage());
        if (message.contains('"' + PlanSql.BUSY + '"')) {
            return End.BUSY;
        }
        if (message.contains('"' + PlanSql.CHANGED + '"')) {
            return End.CHANGED;
        }
        if (!sound || SqlFailure.of(failure) == SqlFailure.TRANSIENT) {
            throw failure;
        }
        return changed.contains(String.valueOf(failure.getSQLState())) ? End.CHANGED : End.STUCK;
    }
}
