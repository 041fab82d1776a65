package io.tenantry.worker.postgres;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Classifies a failure at a PostgreSQL server by its consequence for the work.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL error codes</a>
 */
public enum SqlFailure {
    /** Another session was in the way: the same work may succeed a little later. */
    TRANSIENT,
    /** The server cannot be reached or takes no connections: nothing was wrong with the work. */
    SERVER_AWAY,
    /** The work itself is at fault: trying again gives the same answer. */
    PERMANENT;

    /**
     * lock_not_available, serialization_failure, deadlock_detected, idle_in_transaction_session_timeout,
     * idle_session_timeout.
     */
    private static final Set<String> PASSING = Set.of("55P03", "40001", "40P01", "25P03", "57P05");

    /**
     * What a server says that stops, starts, takes no more connections, has no room or memory, cannot read its disk, or
     * has become a standby.
     */
    private static final Set<String> CLOSED = Set.of("57P01", "57P02", "57P03", "58000", "58030", "25006");

    /** SQLSTATE classes: data exception, integrity constraint violation, program limit exceeded. */
    private static final Set<String> DATA_ERROR_CLASSES = Set.of("22", "23", "54");

    /** Judges by the first {@link SQLException} in the chain of causes; a failure without one is permanent. */
    public static SqlFailure of(Throwable failure) {
        SQLException cause = sqlCause(failure);
        if (cause == null) {
            return PERMANENT;
        }
        if (isReceiveLimit(failure)) {
            // The driver calls it a broken connection; the server is not away. Whoever knows more says so before.
            return TRANSIENT;
        }
        if (cause instanceof SQLTransientConnectionException) {
            // The pool gave up waiting for a connection. A password that was right at the start is wrong now, say: that
            // is not the fault of the work either.
            return SERVER_AWAY;
        }
        if (cause instanceof SQLTransientException) {
            // Whoever did the work knows that its code, which elsewhere means a fault, passes here.
            return TRANSIENT;
        }
        String state = cause.getSQLState();
        if (state == null) {
            // Not from the server: the connection was closed under the work.
            return TRANSIENT;
        }
        if (PASSING.contains(state)) {
            return TRANSIENT;
        }
        return state.startsWith("08") || state.startsWith("53") || CLOSED.contains(state) ? SERVER_AWAY : PERMANENT;
    }

    /** Whether this worker itself broke the connection, because a script sent too much. */
    public static boolean isReceiveLimit(Throwable failure) {
        Throwable current = failure;
        for (int depth = 0; current != null && depth < 20; depth++) {
            if (current instanceof ReceiveLimitException) {
                return true;
            }
            current = current.getCause();
        }
        return false;
    }

    /**
     * Whether the values that were handed over are at fault, so that others may pass; a failure that is none of SQL is
     * that too. Anything else, even a right that is missing now, passes when somebody mends it.
     */
    public static boolean isAboutTheData(Throwable failure) {
        SQLException cause = sqlCause(failure);
        return cause == null || DATA_ERROR_CLASSES.stream().anyMatch(String.valueOf(cause.getSQLState())::startsWith);
    }

    /** The first SQLException in the chain of causes that has a state, else the first at all, else null. */
    public static @Nullable SQLException sqlCause(Throwable failure) {
        SQLException first = null;
        Throwable current = failure;
        for (int depth = 0; current != null && depth < 20; depth++) {
            if (current instanceof SQLException sql) {
                if (sql.getSQLState() != null) {
                    return sql;
                }
                first = first == null ? sql : first;
            }
            current = current.getCause();
        }
        return first;
    }
}
