package io.tenantry.worker.postgres;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a failure at a PostgreSQL server means for the work that met it.
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

    /** too_many_connections, and what a server says while it stops or starts. */
    private static final Set<String> CLOSED = Set.of("53300", "57P01", "57P02", "57P03");

    /** Judges by the first {@link SQLException} in the chain of causes; a failure without one is permanent. */
    public static SqlFailure of(Throwable failure) {
        SQLException cause = sqlCause(failure);
        if (cause == null) {
            return PERMANENT;
        }
        String state = cause.getSQLState();
        if (state == null) {
            // Not from the server: the pool gave up waiting for a connection, or one was closed under the work.
            return cause instanceof SQLTransientConnectionException ? SERVER_AWAY : TRANSIENT;
        }
        if (PASSING.contains(state)) {
            return TRANSIENT;
        }
        return state.startsWith("08") || CLOSED.contains(state) ? SERVER_AWAY : PERMANENT;
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
