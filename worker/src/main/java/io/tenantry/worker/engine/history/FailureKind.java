package io.tenantry.worker.engine.history;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.postgres.ServerMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides from the SQLSTATE of a script's failure what must be checked next. A script can raise any SQLSTATE itself, so
 * none is believed: each leads to a limited number of attempts, or to a question to the server.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL error codes</a>
 */
public final class FailureKind {
    private static final int ANSWERS_WITHIN_SECONDS = 5;
    /** lock_not_available. */
    private static final String LOCKED = "55P03";
    /** The same, serialization_failure, deadlock_detected. */
    private static final Set<String> IN_THE_WAY = Set.of(LOCKED, "40001", "40P01");
    /** query_canceled. */
    private static final String CANCELED = "57014";
    /** read_only_sql_transaction. */
    private static final String READ_ONLY = "25006";
    /** Class: insufficient resources. */
    private static final String NO_ROOM_CLASS = "53";

    private FailureKind() {}

    /** Whether the session is still there, whatever the SQLSTATE says. */
    public static boolean isSound(Connection connection) throws SQLException {
        return connection.isValid(ANSWERS_WITHIN_SECONDS);
    }

    /**
     * Of a failure after which the session is still there.
     *
     * @param connection in no transaction that has failed
     * @param took how long the statement ran at most
     * @param statementTimeout zero for none
     * @return empty if the script is at fault
     */
    public static Optional<ScriptFailure.Kind> of(
            SQLException failure, Connection connection, Duration took, Duration statementTimeout) throws SQLException {
        if (isInTheWay(failure, took, statementTimeout)) {
            return Optional.of(ScriptFailure.Kind.IN_THE_WAY);
        }
        String state = String.valueOf(failure.getSQLState());
        if (state.equals(READ_ONLY)) {
            return Optional.of(
                    ServerMode.whyReadOnly(connection).isPresent()
                            ? ScriptFailure.Kind.READ_ONLY_SESSION
                            : ScriptFailure.Kind.READ_ONLY_SCRIPT);
        }
        return state.startsWith(NO_ROOM_CLASS) ? Optional.of(ScriptFailure.Kind.NO_ROOM) : Optional.empty();
    }

    /** Whether another session was in the way, or an operator: somebody cancelled the statement before its time was up. */
    public static boolean isInTheWay(SQLException failure, Duration took, Duration statementTimeout) {
        // The server says why it cancels a statement in words alone, and in its own language.
        return IN_THE_WAY.contains(String.valueOf(failure.getSQLState()))
                || (CANCELED.equals(failure.getSQLState()) && !isTimeout(failure, took, statementTimeout));
    }

    /** Whether a statement was cancelled because it ran as long as it may. */
    public static boolean isTimeout(SQLException failure, Duration took, Duration statementTimeout) {
        return CANCELED.equals(failure.getSQLState())
                && !statementTimeout.isZero()
                && took.compareTo(statementTimeout) >= 0;
    }

    /** What to do about that. */
    public static String advice(Duration statementTimeout) {
        return "; it ran as long as worker.statement-timeout allows (" + statementTimeout.toMillis()
                + " ms), and is not tried again: raise the setting, or do the work in smaller scripts";
    }

    /** How results call it. */
    public static ErrorCode code(@Nullable SQLException failure) {
        return failure != null && LOCKED.equals(failure.getSQLState())
                ? ErrorCode.LOCK_TIMEOUT
                : ErrorCode.MIGRATION_FAILED;
    }

    /** Flyway's messages go on for a page; PostgreSQL's first lines say what and where. */
    public static String firstLines(@Nullable String message) {
        if (message == null) {
            return "no message";
        }
        return String.join(
                "; ",
                message.lines()
                        .filter(line -> !line.isBlank())
                        .limit(4)
                        .map(String::strip)
                        .toList());
    }
}
