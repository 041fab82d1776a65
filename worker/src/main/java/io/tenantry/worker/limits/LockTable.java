package io.tenantry.worker.limits;

import io.tenantry.worker.limits.SamePostgres.Others;
import io.tenantry.worker.limits.SamePostgres.Session;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Locks that PostgreSQL has room for, against what the largest home takes when it is made, on all connections at once,
 * together with what was added before in the same PostgreSQL, and against a dump of the whole database.
 */
final class LockTable implements LimitCheck {
    private static final String LOCKS = MarkedSchemas.HOMES
            + ", schemas AS MATERIALIZED (SELECT relnamespace AS oid, count(*) FILTER (WHERE relkind IN ('r', 'p')) AS"
            + " tables, count(*) FILTER (WHERE relkind IN ('i', 'I')) AS indexes FROM pg_catalog.pg_class GROUP BY 1)"
            + " SELECT current_setting('max_locks_per_transaction')::bigint, current_setting('max_connections')::bigint +"
            + " current_setting('max_prepared_transactions')::bigint, (SELECT coalesce(sum(tables), 0) FROM schemas WHERE oid"
            + " NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)), coalesce((SELECT 18 + 12 * tables +"
            + " greatest(indexes - tables, 0) + 2 * (SELECT count(*) FROM pg_catalog.pg_constraint WHERE contype = 'f' AND"
            + " connamespace = largest.oid) FROM (SELECT * FROM schemas JOIN homes USING (oid) ORDER BY tables DESC LIMIT 1)"
            + " largest), 0)";

    private record Locks(long setting, long sessions, long tables, long ofHome) {
        private long room() {
            return setting * sessions;
        }

        private long needed(long locks) {
            return (locks + sessions - 1) / sessions;
        }
    }

    @Override
    public String name() {
        return "locks";
    }

    @Override
    public LimitFinding look(Connection connection, CheckedServer server) throws SQLException {
        Locks locks = Sql.one(
                connection, LOCKS, row -> new Locks(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)));
        Session session = Session.of(connection);
        Others others = server.before().locks(session);
        long homes = locks.ofHome() * server.cap();
        server.before().addLocks(server.name(), session, homes);
        String measured = Counted.of(homes, "lock") + " for " + Counted.of(server.cap(), "new home") + " at once"
                + others.words() + "; " + Counted.number(locks.tables()) + " for a pg_dump of all";
        String limit = Counted.number(locks.room());
        List<String> advice = new ArrayList<>();
        long together = homes + others.number();
        if (together > locks.room()) {
            advice.add("set max_locks_per_transaction to " + locks.needed(together) + " or more, or lower servers."
                    + server.name() + ".max-connections" + (others.none() ? "" : " or those of the others")
                    + ", or signups fail with \"out of shared memory\"");
        }
        if (locks.tables() > locks.room()) {
            advice.add("dump schema by schema (pg_dump -n), or set max_locks_per_transaction to "
                    + locks.needed(locks.tables()) + " or more");
        }
        return advice.isEmpty()
                ? LimitFinding.ok(server.name(), name(), measured, limit)
                : LimitFinding.warn(server.name(), name(), measured, limit, String.join("; ", advice));
    }
}
