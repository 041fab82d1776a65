package io.tenantry.worker.limits;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * What keeps old row versions: prepared transactions, long snapshots, and replication slots that nobody reads. VACUUM removes
 * nothing that they may see, and CREATE INDEX CONCURRENTLY waits for the snapshots.
 */
final class HeldBack implements LimitCheck {
    private static final int NAMED = 5;
    private static final Duration LONG = Duration.ofMinutes(5);

    /**
     * Transactions hold back their own database; a slot holds back all. PostgreSQL 17 and newer say since when a slot is
     * not read.
     */
    private static final String HOLDERS =
            "WITH places AS (SELECT b.datname, CASE WHEN b.datname = current_database() THEN '' ELSE ' of database ' ||"
                    + " b.datname END AS place FROM pg_catalog.pg_database b LEFT JOIN pg_catalog.pg_shdescription d ON d.objoid ="
                    + " b.oid AND d.classoid = 'pg_catalog.pg_database'::regclass WHERE b.datname = current_database() OR"
                    + " starts_with(d.description, 'tenantry ')) SELECT what || ', ' || coalesce(extract(epoch FROM age)::bigint /"
                    + " 60 || ' min', 'age unknown'), count(*) OVER () FROM (SELECT 'prepared transaction ' || quote_literal(x.gid)"
                    + " || p.place AS what, now() - x.prepared AS age FROM pg_catalog.pg_prepared_xacts x JOIN places p ON p.datname"
                    + " = x.database UNION ALL SELECT 'session ' || a.pid || ' (' || coalesce(a.usename, 'unknown') || ', ' ||"
                    + " coalesce(a.state, 'unknown') || ')' || p.place, now() - a.xact_start FROM pg_catalog.pg_stat_activity a JOIN"
                    + " places p ON p.datname = a.datname WHERE a.backend_type = 'client backend' AND (a.backend_xmin IS NOT NULL OR"
                    + " a.backend_xid IS NOT NULL) UNION ALL SELECT 'replication slot ' || s.slot_name, now() - (to_jsonb(s) ->>"
                    + " 'inactive_since')::timestamptz FROM pg_catalog.pg_replication_slots s WHERE NOT s.active AND (s.xmin IS NOT"
                    + " NULL OR s.catalog_xmin IS NOT NULL)) holders WHERE age IS NULL OR age > make_interval(secs => ?) ORDER BY"
                    + " age DESC NULLS LAST LIMIT " + NAMED;

    private static final String SEES_ALL = "SELECT pg_has_role('pg_read_all_stats', 'USAGE')";

    private record Holder(String what, long all) {}

    private final Duration shortest;

    HeldBack() {
        this(LONG);
    }

    /** @param shortest age of what is named */
    HeldBack(Duration shortest) {
        this.shortest = shortest;
    }

    @Override
    public String name() {
        return "held-back";
    }

    @Override
    public LimitFinding look(Connection connection, CheckedServer server) throws SQLException {
        List<Holder> holders =
                Sql.query(connection, HOLDERS, row -> new Holder(row.getString(1), row.getLong(2)), (double)
                        shortest.toSeconds());
        boolean seesAll = Sql.one(connection, SEES_ALL, row -> row.getBoolean(1));
        String seen = seesAll
                ? ""
                : "; sessions of this role only: GRANT pg_read_all_stats to it, and it sees those of others";
        String limit = shortest.toMinutes() + " min";
        if (holders.isEmpty()) {
            return LimitFinding.ok(server.name(), name(), "nothing" + seen, limit);
        }
        long all = holders.get(0).all();
        String names = String.join(", ", holders.stream().map(Holder::what).toList());
        return LimitFinding.warn(
                server.name(),
                name(),
                names + (all > holders.size() ? " and " + (all - holders.size()) + " more" : "") + seen,
                limit,
                "end them: COMMIT or ROLLBACK PREPARED, pg_terminate_backend(pid), pg_drop_replication_slot(name)");
    }
}
