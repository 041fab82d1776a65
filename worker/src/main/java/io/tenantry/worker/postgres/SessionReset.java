package io.tenantry.worker.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;

/**
 * Gives a connection back as it was: the pool resets none of search_path, role, timeouts and locks. One that cannot be
 * reset is thrown away, never reused.
 */
public final class SessionReset {
    /**
     * DISCARD ALL without DEALLOCATE, since the driver keeps prepared statements, and in parts, because DISCARD ALL
     * cannot be one of several statements. RESET ALL leaves the role alone.
     *
     * @see <a href="https://www.postgresql.org/docs/current/sql-discard.html">DISCARD</a>
     */
    public static final String RESET =
            "CLOSE ALL; RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; UNLISTEN *; SELECT pg_advisory_unlock_all();"
                    + " DISCARD PLANS; DISCARD TEMP; DISCARD SEQUENCES";

    private final Consumer<Connection> evict;

    SessionReset(Consumer<Connection> evict) {
        this.evict = evict;
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
            try (Statement statement = connection.createStatement()) {
                statement.execute(RESET);
            }
        } catch (SQLException unusable) {
            evict.accept(connection);
            throw unusable;
        }
    }
}
