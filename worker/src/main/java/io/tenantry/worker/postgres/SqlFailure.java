package io.tenantry.worker.postgres;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

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
     * The server is stopping or starting, takes no more connections, has no room or memory, cannot read its disk, or
     * has become a standby.
     */
    private static final Set<String> CLOSED = Set.of("57P01", "57P02", "57P03", "58000", "58030", "25006");

    /** SQLSTATE classes: data exception, integrity constraint violation, program limit exceeded. */
    private static final Set<String> DATA_ERROR_CLASSES = Set.of("22", "23", "54");

    /** Its name in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Judges by the first {@link SQLException} in the chain of causes; a failure without one is permanent. */
    public static SqlFailure of(Throwable failure) {
        SQLException cause = sqlCause(failure);
        if (cause == null) {
            return PERMANENT;
        }
        if (isReceiveLimit(failure)) {
            // The driver calls it a broken connection; the server is not away. Callers that know more check before.
            return TRANSIENT;
        }
        if (cause instanceof SQLTransientConnectionException) {
            // The pool gave up waiting for a connection, for example because the password was changed. The work is not
            // at
            // fault.
            return SERVER_AWAY;
        }
        if (cause instanceof SQLTransientException) {
            // The thrower knows that the failure may pass, though its SQLSTATE means a fault elsewhere.
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
     * Whether the values of the statement are at fault, so that other values may succeed. A failure without an
     * SQLException counts as such. Anything else, even a missing privilege, passes when an operator corrects it.
     */
    public static boolean isAboutTheData(Throwable failure) {
        SQLException cause = sqlCause(failure);
        return cause == null || DATA_ERROR_CLASSES.stream().anyMatch(String.valueOf(cause.getSQLState())::startsWith);
    }

    /** The column that PostgreSQL names beside its message, as for a value that must not be null; empty if it names none. */
    public static Optional<String> column(SQLException failure) {
        return message(failure).flatMap(message -> Optional.ofNullable(message.getColumn()));
    }

    /** The table that PostgreSQL names beside its message, without its schema; empty if it names none. */
    public static Optional<String> table(SQLException failure) {
        return message(failure).flatMap(message -> Optional.ofNullable(message.getTable()));
    }

    private static Optional<ServerErrorMessage> message(SQLException failure) {
        return Optional.ofNullable(failure instanceof PSQLException spoken ? spoken.getServerErrorMessage() : null);
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
