package io.tenantry.worker.limits;

import io.tenantry.worker.limits.SamePostgres.Others;
import io.tenantry.worker.limits.SamePostgres.Scope;
import io.tenantry.worker.limits.SamePostgres.Session;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;

/**
 * PostgreSQL's limits of connections, against the cap of the workers, one more to end the sessions of dead ones, and what was
 * added before under the same limit. The tightest is told.
 */
final class ConnectionLimits implements LimitCheck {
    /** A limit of -1 is none. A superuser is under the server's limit only. */
    private static final String LIMITS =
            "SELECT l.what, l.scope, l.connections FROM pg_catalog.pg_roles r, pg_catalog.pg_database"
                    + " b, LATERAL (VALUES ('max_connections without the reserved ones', 'SERVER', current_setting('max_connections')::int"
                    + " - current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections',"
                    + " true)::int, 0), true), ('CONNECTION LIMIT of database ' || b.datname, 'DATABASE', b.datconnlimit, NOT"
                    + " r.rolsuper), ('CONNECTION LIMIT of role ' || r.rolname, 'ROLE', r.rolconnlimit, NOT r.rolsuper)) AS l (what,"
                    + " scope, connections, applies) WHERE r.rolname = current_user AND b.datname = current_database() AND"
                    + " l.applies AND l.connections >= 0";

    /** A limit, and what others take of it. */
    private record Limit(String what, int connections, Others others) {
        private long left() {
            return connections - others.number();
        }
    }

    @Override
    public String name() {
        return "connections";
    }

    @Override
    public LimitFinding look(Connection connection, CheckedServer server) throws SQLException {
        Session session = Session.of(connection);
        List<Limit> limits = Sql.query(
                connection,
                LIMITS,
                row -> new Limit(
                        row.getString(1),
                        row.getInt(3),
                        server.before().connections(session, Scope.valueOf(row.getString(2)))));
        Limit tightest = limits.stream().min(Comparator.comparing(Limit::left)).orElseThrow();
        long needed = server.cap() + 1L;
        server.before().addConnections(server.name(), session, needed);
        String key = "servers." + server.name() + ".max-connections";
        String measured = key + " is " + server.cap() + ", and 1 to end sessions of dead workers"
                + tightest.others().words();
        String limit = tightest.connections() + " (" + tightest.what() + ")";
        return tightest.left() < needed
                ? LimitFinding.warn(
                        server.name(),
                        name(),
                        measured,
                        limit,
                        "raise this limit, or lower " + key
                                + (tightest.others().none() ? "" : " or those of the others")
                                + ", or work will be refused there and wait")
                : LimitFinding.ok(server.name(), name(), measured, limit);
    }
}
