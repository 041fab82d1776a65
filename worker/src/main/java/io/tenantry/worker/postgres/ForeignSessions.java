package io.tenantry.worker.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Sessions of another worker, known by their application name. */
public final class ForeignSessions {
    private ForeignSessions() {}

    /**
     * Tells all of them to end, in all databases of the server.
     *
     * @return how many there were; zero says that they are gone
     * @throws SQLException also if they belong to a role that this one may not end
     */
    public static int end(Connection connection, String applicationName) throws SQLException {
        String sql = "SELECT count(*), count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity WHERE"
                + " application_name = ? AND pid <> pg_backend_pid()";
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, applicationName);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
