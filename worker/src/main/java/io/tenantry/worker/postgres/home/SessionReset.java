package io.tenantry.worker.postgres.home;

import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;

/**
 * Resets a connection before it is given back, because the pool resets neither search_path, role, timeouts nor locks. A
 * connection that cannot be reset is closed, never reused.
 */
public final class SessionReset {
    /**
     * DISCARD ALL in parts, because DISCARD ALL cannot be one of several statements, and without DEALLOCATE ALL,
     * because the driver keeps prepared statements of its own. RESET ALL does not reset the role. Settings come first:
     * the rest must not run under a script's timeouts.
     *
     * @see <a href="https://www.postgresql.org/docs/current/sql-discard.html">DISCARD</a>
     */
    public static final String RESET =
            "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all();"
                    + " DISCARD PLANS; DISCARD TEMP; DISCARD SEQUENCES";

    /** Returns a row for each statement that a script prepared by PREPARE: {@link #RESET} does not remove these. */
    public static final String PREPARED = "SELECT name FROM pg_catalog.pg_prepared_statements WHERE from_sql";

    private static final String AFTER_SCRIPT = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET search_path;"
            + " RESET lock_timeout; RESET statement_timeout; RESET idle_in_transaction_session_timeout;"
            + " RESET idle_session_timeout; RESET client_connection_check_interval; RESET tcp_user_timeout; DISCARD TEMP";
    /** The first release of PostgreSQL with transaction_timeout. */
    private static final int TRANSACTION_TIMEOUT = 17;

    private final Consumer<Connection> evict;

    SessionReset(Consumer<Connection> evict) {
        this.evict = evict;
    }

    /**
     * Statements that end what ends with a script: role, search_path, timeouts, temporary tables. Other settings last
     * to the next script, as under Flyway. Several statements without a final semicolon; they may run in a transaction.
     */
    public static String afterScript(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseMajorVersion() < TRANSACTION_TIMEOUT
                ? AFTER_SCRIPT
                : AFTER_SCRIPT + "; RESET transaction_timeout";
    }

    /** Resets and closes; never throws. */
    void giveBack(Connection connection) {
        try (connection) {
            reset(connection);
        } catch (SQLException unusable) {
            evict.accept(connection);
        }
    }

    private void reset(Connection connection) throws SQLException {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            for (String name : Sql.queryLast(connection, RESET + "; " + PREPARED, row -> row.getString(1))) {
                Sql.execute(connection, "DEALLOCATE " + Identifiers.quote(name));
            }
        } catch (SQLException unusable) {
            evict.accept(connection);
            throw unusable;
        }
    }
}
