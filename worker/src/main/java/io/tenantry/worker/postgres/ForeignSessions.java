package io.tenantry.worker.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/** Sessions of another worker, known by their application name. */
public final class ForeignSessions {
    private ForeignSessions() {}

    /**
     * Terminates these sessions, in all databases of the server.
     *
     * @return how many there were; zero if all are gone
     * @throws SQLException also if they belong to a role whose sessions this one may not terminate
     */
    public static int end(Connection connection, String applicationName) throws SQLException {
        String sql = "SELECT count(*), count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity WHERE"
                + " application_name = ? AND pid <> pg_backend_pid()";
        return Sql.one(connection, sql, row -> row.getInt(1), applicationName);
    }
}
