package io.tenantry.worker.engine.plan;

import io.tenantry.worker.postgres.QueryMessage;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.SessionReset;
import java.sql.SQLException;

/**
 * Ends the transaction of a plan that failed, and undoes what scripts leave in the session. A reset travels in the
 * message of the plan, after its transaction. In a trial what scripts leave stays, because the trial reads it. For use
 * by one thread.
 */
final class PlanCleanup {
    /** Undoes everything; the last rows are {@link SessionReset#PREPARED}. */
    private static final String RESET = SessionReset.RESET + "; " + SessionReset.PREPARED;

    private final HomeSession session;
    private final PlanSql.Bounds bounds;
    private final boolean isTrial;
    /** Whether the reset after a committed plan failed, and is still to do. */
    private boolean unreset;

    PlanCleanup(HomeSession session, PlanSql.Bounds bounds, boolean isTrial) {
        this.session = session;
        this.bounds = bounds;
        this.isTrial = isTrial;
    }

    /**
     * Statements for the end of a plan's message.
     *
     * @param isLast whether this is the last plan: everything is undone, and not only what ends with a script
     */
    String afterwards(boolean isLast) throws SQLException {
        if (isTrial) {
            return "";
        }
        return ";\n" + (isLast ? RESET : SessionReset.afterScript(session.connection()));
    }

    /** Before a plan is sent. */
    void begin() throws SQLException {
        session.changed();
        if (unreset) {
            Sql.execute(session.connection(), RESET);
            unreset = false;
        }
        if (!bounds.before().isEmpty()) {
            Sql.execute(session.connection(), bounds.before());
        }
    }

    /** A plan was committed, and a statement after its transaction failed: what its scripts left may still be there. */
    void failedAfterCommit() {
        session.endAfterwards();
        unreset = true;
    }

    /** The last plan was committed, and the statements after its transaction were run. */
    void ended(QueryMessage message) {
        if (!isTrial && message.endsWithoutRows()) {
            session.restored();
        }
    }

    /** Rolls back a plan that failed; returns whether the session still works. */
    boolean rollBack(SQLException failure) {
        try {
            if (isTrial) {
                Sql.execute(session.connection(), bounds.rollBack());
            } else {
                rollBackAndReset();
            }
            return true;
        } catch (SQLException broken) {
            failure.addSuppressed(broken);
            return false;
        }
    }

    /** Statements that a script has prepared are removed later, when the session is closed. */
    private void rollBackAndReset() throws SQLException {
        String sql = bounds.rollBack() + ";\n" + RESET;
        if (Sql.queryLast(session.connection(), sql, row -> row.getString(1)).isEmpty()) {
            session.restored();
        }
    }
}
