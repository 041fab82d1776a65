package io.tenantry.worker.limits;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;

/** The smallest of PostgreSQL's limits of connections, against the cap of the workers. */
final class ConnectionLimits implements LimitCheck {
    /** A limit of -1 is none. A superuser is under the server's limit only. */
    private static final String SMALLEST =
            "SELECT l.what, l.connections FROM pg_catalog.pg_roles r, pg_catalog.pg_database"
                    + " b, LATERAL (VALUES ('max_connections without the reserved ones', current_setting('max_connections')::int -"
                    + " current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections',"
                    + " true)::int, 0), true), ('CONNECTION LIMIT of database ' || b.datname, b.datconnlimit, NOT r.rolsuper),"
                    + " ('CONNECTION LIMIT of role ' || r.rolname, r.rolconnlimit, NOT r.rolsuper)) AS l (what, connections,"
                    + " applies) WHERE r.rolname = current_user AND b.datname = current_database() AND l.applies AND l.connections"
                    + " >= 0 ORDER BY l.connections LIMIT 1";

    private record Smallest(String what, int connections) {}

    @Override
    public String name() {
        return "connections";
    }

    @Override
    public LimitFinding look(Connection connection, CheckedServer server) throws SQLException {
        Smallest smallest = Sql.one(connection, SMALLEST, row -> new Smallest(row.getString(1), row.getInt(2)));
        String key = "servers." + server.name() + ".max-connections";
        String measured = key + " is " + server.cap();
        String limit = smallest.connections() + " (" + smallest.what() + ")";
        return smallest.connections() < server.cap()
                ? LimitFinding.warn(
                        server.name(),
                        name(),
                        measured,
                        limit,
                        "raise this limit, or lower " + key + ", or work will be refused there and wait")
                : LimitFinding.ok(server.name(), name(), measured, limit);
    }
}
