package io.tenantry.worker.engine.plan;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.engine.history.ScriptFailure;
import io.tenantry.worker.engine.plan.PlanExecutor.End;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the failure of a plan that was rolled back means.
 *
 * @param place where the plan failed
 * @param sound whether the session still works
 * @param took how long the whole message took; the server sends the times of single statements only when all are done
 * @param byOneStatement whether that is the time of the statement that failed; otherwise this statement may have run
 *     for a part of it
 */
record PlanFailure(SQLException cause, PlanText.Place place, boolean sound, Duration took, boolean byOneStatement) {
    /** query_canceled. */
    private static final String CANCELED = "57014";
    /** invalid_text_representation: the error with which a plan reports that the lock is not free. */
    private static final String NO_INTEGER = "22P02";

    /**
     * How the plan ended.
     *
     * @param scripts all scripts of the plan
     * @param statementTimeout zero for none
     * @throws SQLException if the failure may pass
     */
    End end(TenantHome home, List<PlannedScript> scripts, Duration statementTimeout) throws SQLException {
        if (!sound && place.isAmongScripts()) {
            throw sessionEnded(scripts);
        }
        PlannedScript script = place.script();
        return script == null ? ofOwnStatement() : ofScript(script, home, statementTimeout);
    }

    /** The session ended while no script alone was under way. */
    private ScriptFailure sessionEnded(List<PlannedScript> scripts) {
        String names =
                scripts.stream().map(script -> script.migration().script()).collect(Collectors.joining(", "));
        ResultError error = ResultError.of(
                ErrorCode.MIGRATION_FAILED,
                "the session ended while these were committed: " + names + ": "
                        + FailureKind.firstLines(cause.getMessage()));
        return new ScriptFailure(ScriptFailure.Kind.SESSION_ENDED, error, cause);
    }

    /** A statement of the worker's own failed. */
    private End ofOwnStatement() throws SQLException {
        if (!sound || SqlFailure.of(cause) == SqlFailure.TRANSIENT) {
            throw cause;
        }
        return switch (place.part()) {
            case LOCK -> {
                if (NO_INTEGER.equals(cause.getSQLState())) {
                    yield End.BUSY;
                }
                throw cause;
            }
            case HOME -> End.CHANGED;
            // A syntax error in a script is found before anything begins; a deferred constraint is checked at the end.
            case BEGIN, SCRIPT, COMMIT -> End.STUCK;
        };
    }

    /** A script failed. The script can raise any SQLSTATE itself, so Flyway runs it again and finds where it fails. */
    private End ofScript(PlannedScript script, TenantHome home, Duration statementTimeout) throws SQLException {
        if (!sound) {
            throw new ScriptFailure(ScriptFailure.Kind.SESSION_ENDED, describe(script, home, ""), cause);
        }
        if (FailureKind.isInTheWay(cause, took, statementTimeout)) {
            throw new ScriptFailure(ScriptFailure.Kind.IN_THE_WAY, describe(script, home, ""), cause);
        }
        return CANCELED.equals(cause.getSQLState()) && byOneStatement ? End.TOO_LONG : End.STUCK;
    }

    /** The error of a script that ran too long, and is not run again. */
    ResultError tooLong(TenantHome home, Duration statementTimeout) {
        PlannedScript script = place.script();
        if (script == null) {
            throw new IllegalStateException("no script failed at " + place);
        }
        return describe(script, home, FailureKind.advice(statementTimeout));
    }

    private ResultError describe(PlannedScript script, TenantHome home, String advice) {
        PlannedScript.@Nullable Statement statement = place.text();
        return new ResultError(
                FailureKind.code(cause),
                script.migration().script() + " failed: " + FailureKind.firstLines(cause.getMessage()) + advice,
                cause.getSQLState(),
                script.migration().script(),
                statement == null ? null : statement.line(),
                statement == null ? null : script.names().replace(statement.text(), home));
    }
}
