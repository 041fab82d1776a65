package io.tenantry.worker.registry.drift;

import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.registry.Registry;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The order in which the sweeps of all workers look at the homes. A home that is taken goes to the end, so no other worker takes
 * it. If the worker dies before it has looked, the home's turn comes again after the interval. Safe for use by many threads.
 */
public final class DriftQueue {
    private static final String ADD =
            "INSERT INTO tenantry.drift_home (shared, key, database) SELECT false, h.tenant, h.database FROM"
                    + " tenantry.tenant_home h WHERE NOT EXISTS (SELECT FROM tenantry.drift_home d WHERE NOT d.shared AND"
                    + " d.key = h.tenant AND d.database = h.database) UNION ALL SELECT true, s.database, s.database FROM"
                    + " tenantry.shared_database s WHERE NOT EXISTS (SELECT FROM tenantry.drift_home d WHERE d.shared AND"
                    + " d.database = s.database) ON CONFLICT DO NOTHING";
    private static final String TAKE =
            "WITH due AS (SELECT shared, key, database, looked_at FROM tenantry.drift_home d WHERE (looked_at IS NULL OR"
                    + " looked_at < now() - ? * interval '1 millisecond') AND database = ANY (?) AND NOT EXISTS (SELECT FROM"
                    + " tenantry.tenant_home r WHERE r.tenant = d.tenant AND r.database = d.database AND r.server = ANY (?))"
                    + " AND NOT EXISTS (SELECT FROM tenantry.shared_database r WHERE r.database = d.shared_database AND"
                    + " r.server = ANY (?)) ORDER BY looked_at NULLS FIRST LIMIT ? FOR UPDATE OF d SKIP LOCKED), taken AS (UPDATE tenantry.drift_home d SET looked_at = now()"
                    + " FROM due WHERE (d.shared, d.key, d.database) = (due.shared, due.key, due.database) RETURNING"
                    + " d.tenant, d.database) SELECT t.tenant, t.database, coalesce(h.server, s.server) AS server,"
                    + " coalesce(h.location, s.location) AS location FROM taken t LEFT JOIN tenantry.tenant_home h ON"
                    + " h.tenant = t.tenant AND h.database = t.database LEFT JOIN tenantry.shared_database s ON t.tenant IS"
                    + " NULL AND s.database = t.database WHERE coalesce(h.server, s.server) IS NOT NULL";
    private static final String POSTPONE =
            "UPDATE tenantry.drift_home SET looked_at = now() + (? - ?) * interval '1 millisecond' WHERE shared = ? AND key ="
                    + " ? AND database = ?";
    private static final String DRIFTED =
            "SELECT database, count(*) FROM tenantry.drift_home WHERE since IS NOT NULL GROUP BY database";
    private static final String FLEET = "SELECT count(*), coalesce(extract(epoch FROM now() - min(coalesce(checked_at,"
            + " added_at))), 0) FROM tenantry.drift_home WHERE database = ANY (?)";

    private final Registry registry;

    /**
     * The homes that are to be looked at.
     *
     * @param homes how many
     * @param oldest how long ago the home was looked at that waits longest
     */
    public record Fleet(long homes, Duration oldest) {}

    public DriftQueue(Registry registry) {
        this.registry = registry;
    }

    /** Adds homes that were registered since the last call. */
    public void addNew() throws SQLException {
        registry.inTransaction(connection -> Sql.update(connection, ADD));
    }

    /**
     * Takes the homes of these databases that have waited longest, and at least for the interval; at most so many.
     *
     * @param without the servers whose homes keep their places
     */
    public List<LookedAt> take(List<String> databases, Set<String> without, Duration interval, int limit)
            throws SQLException {
        return registry.inTransaction(connection -> take(connection, databases, without, interval, limit));
    }

    private static List<LookedAt> take(
            Connection connection, List<String> databases, Set<String> without, Duration interval, int limit)
            throws SQLException {
        Array servers = connection.createArrayOf("text", without.toArray());
        return Sql.query(
                connection,
                TAKE,
                row -> new LookedAt(
                        row.getString("tenant"),
                        row.getString("database"),
                        row.getString("server"),
                        row.getString("location")),
                interval.toMillis(),
                connection.createArrayOf("text", databases.toArray()),
                servers,
                servers,
                limit);
    }

    /** The home was taken and could not be looked at: its turn comes so much later than now. */
    public void postpone(LookedAt home, Duration interval, Duration by) throws SQLException {
        int unused = registry.inTransaction(connection -> Sql.update(
                connection,
                POSTPONE,
                by.toMillis(),
                interval.toMillis(),
                home.isShared(),
                home.key(),
                home.database()));
    }

    /** The homes of these databases. */
    public Fleet fleet(List<String> databases) throws SQLException {
        return registry.inTransaction(connection -> Sql.one(
                connection,
                FLEET,
                row -> new Fleet(row.getLong(1), Duration.ofMillis((long) (1000 * row.getDouble(2)))),
                (Object) connection.createArrayOf("text", databases.toArray())));
    }

    /**
     * How many homes drift, by their named databases; those without any are left out. One that cannot be read now still drifts
     * if it did.
     */
    public Map<String, Long> drifted() throws SQLException {
        return registry.inTransaction(connection -> {
            Map<String, Long> drifted = new TreeMap<>();
            Sql.forEach(connection, DRIFTED, row -> drifted.put(row.getString(1), row.getLong(2)));
            return drifted;
        });
    }
}
