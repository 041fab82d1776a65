package io.tenantry.worker.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * A session that works, and a session that it waits for.
 *
 * @param blocked process id of the one that works
 * @param statement the beginning of what it runs, without literals; null if it runs nothing
 * @param pid of the one that it waits for, 0 for a prepared transaction; null if it waits for none
 * @param application {@code application_name} of that one; null if it is not known, as the others
 * @param seconds since when it is in its state
 * @param query the beginning of its last query, without literals
 * @see <a href="https://www.postgresql.org/docs/current/functions-info.html">pg_blocking_pids</a>
 */
public record BlockingSession(
        int blocked,
        @Nullable String statement,
        @Nullable Integer pid,
        @Nullable String application,
        @Nullable String user,
        @Nullable String state,
        long seconds,
        @Nullable String query) {
    private static final int LONGEST = 100;

    /** The process id of a connection's session, without asking the server. */
    public static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    /** Cancels the statement that another thread runs on the connection, over a connection of its own. */
    public static void cancel(Connection connection) throws SQLException {
        connection.unwrap(PGConnection.class).cancelQuery();
    }

    /**
     * What these sessions run and wait for; at least one entry for each of them that is there.
     *
     * @param applicationName of them all: behind a proxy their process ids may be those of others
     */
    public static List<BlockingSession> of(Connection connection, Collection<Integer> pids, String applicationName)
            throws SQLException {
        String sql = "SELECT s.pid, CASE WHEN s.state <> 'idle' THEN left(s.query, 2000) END AS statement, b.pid AS"
                + " blocker, a.application_name, a.usename, a.state, greatest(0, extract(epoch FROM clock_timestamp() -"
                + " a.state_change))::bigint AS seconds, left(a.query, 2000) AS query FROM pg_catalog.pg_stat_activity s"
                + " LEFT JOIN LATERAL (SELECT DISTINCT pid FROM unnest(pg_catalog.pg_blocking_pids(s.pid)) AS blocking (pid)"
                + " ORDER BY pid LIMIT 3) b ON true LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid AND b.pid <> 0"
                + " WHERE s.pid = ANY (?) AND s.application_name = ? ORDER BY s.pid, b.pid";
        return Sql.query(
                connection,
                sql,
                row -> new BlockingSession(
                        row.getInt("pid"),
                        beginning(row.getString("statement")),
                        row.getObject("blocker", Integer.class),
                        row.getString("application_name"),
                        row.getString("usename"),
                        row.getString("state"),
                        row.getLong("seconds"),
                        beginning(row.getString("query"))),
                connection.createArrayOf("int4", pids.toArray()),
                applicationName);
    }

    private static @Nullable String beginning(@Nullable String statement) {
        return statement == null ? null : StatementText.beginning(statement, LONGEST);
    }
}
