package io.tenantry.worker.limits;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What keeps old row versions: prepared transactions, long snapshots, and replication slots. VACUUM removes nothing that they
 * may see, and CREATE INDEX CONCURRENTLY waits for the snapshots. A slot keeps WAL, too, until the disk is full.
 */
final class HeldBack implements LimitCheck {
    private static final int NAMED = 5;
    private static final Duration LONG = Duration.ofMinutes(5);
    /** Of a slot that is read, PostgreSQL has no time. At 3,300 transactions a second they are five minutes. */
    private static final long MANY_TRANSACTIONS = 1_000_000;

    /** Transactions hold back their own database. */
    private static final String TRANSACTIONS =
            "WITH places AS (SELECT b.datname, CASE WHEN b.datname = current_database() THEN '' ELSE ' of database ' ||"
                    + " b.datname END AS place FROM pg_catalog.pg_database b LEFT JOIN pg_catalog.pg_shdescription d ON d.objoid ="
                    + " b.oid AND d.classoid = 'pg_catalog.pg_database'::regclass WHERE b.datname = current_database() OR"
                    + " starts_with(d.description, 'tenantry ')) SELECT what || ', ' || coalesce(extract(epoch FROM age)::bigint /"
                    + " 60 || ' min', 'age unknown'), count(*) OVER () FROM (SELECT 'prepared transaction ' || quote_literal(x.gid)"
                    + " || p.place AS what, now() - x.prepared AS age FROM pg_catalog.pg_prepared_xacts x JOIN places p ON p.datname"
                    + " = x.database UNION ALL SELECT 'session ' || a.pid || ' (' || coalesce(a.usename, 'unknown') || ', ' ||"
                    + " coalesce(a.state, 'unknown') || ')' || p.place, now() - a.xact_start FROM pg_catalog.pg_stat_activity a JOIN"
                    + " places p ON p.datname = a.datname WHERE a.backend_type = 'client backend' AND (a.backend_xmin IS NOT NULL OR"
                    + " a.backend_xid IS NOT NULL)) holders WHERE age IS NULL OR age > make_interval(secs => ?) ORDER BY"
                    + " age DESC NULLS LAST LIMIT " + NAMED;

    private static final String SEES_ALL = "SELECT pg_has_role('pg_read_all_stats', 'USAGE')";

    private record Holder(String what, long all) {}

    private final Duration shortest;
    private final long transactions;

    HeldBack() {
        this(LONG, MANY_TRANSACTIONS);
    }

    /**
     * @param shortest age of what is named
     * @param transactions of which a slot may be behind, without being named
     */
    HeldBack(Duration shortest, long transactions) {
        this.shortest = shortest;
        this.transactions = transactions;
    }

    @Override
    public String name() {
        return "held-back";
    }

    @Override
    public LimitFinding look(Connection connection, CheckedServer server) throws SQLException {
        List<Holder> holders =
                Sql.query(connection, TRANSACTIONS, row -> new Holder(row.getString(1), row.getLong(2)), (double)
                        shortest.toSeconds());
        List<String> slots = ReplicationSlot.all(connection).stream()
                .filter(slot -> slot.holdsBack(shortest, transactions))
                .map(ReplicationSlot::shown)
                .toList();
        boolean seesAll = Sql.one(connection, SEES_ALL, row -> row.getBoolean(1));
        String seen = seesAll
                ? ""
                : "; sessions of this role only: GRANT pg_read_all_stats to it, and it sees those of others";
        String limit = shortest.toMinutes() + " min; a slot also " + Counted.of(transactions, "transaction")
                + ", and max_wal_size of WAL";
        if (holders.isEmpty() && slots.isEmpty()) {
            return LimitFinding.ok(server.name(), name(), "nothing" + seen, limit);
        }
        List<String> names = new ArrayList<>(holders.stream().map(Holder::what).toList());
        names.addAll(slots.stream().limit(NAMED).toList());
        long all = (holders.isEmpty() ? 0 : holders.get(0).all()) + slots.size();
        return LimitFinding.warn(
                server.name(),
                name(),
                String.join(", ", names) + (all > names.size() ? " and " + (all - names.size()) + " more" : "") + seen,
                limit,
                advice(holders, slots));
    }

    private static String advice(List<Holder> holders, List<String> slots) {
        List<String> advice = new ArrayList<>();
        if (!holders.isEmpty()) {
            advice.add("end the transactions: COMMIT or ROLLBACK PREPARED, pg_terminate_backend(pid)");
        }
        if (!slots.isEmpty()) {
            advice.add(
                    "see why nobody reads the slot, or why its reader is slow; pg_drop_replication_slot(name) if nobody needs it");
        }
        return String.join("; ", advice);
    }
}
