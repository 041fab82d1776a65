package io.tenantry.worker.registry.lease;

import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.registry.lease.Member.Holding;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The SQL of one group's members and leases. Every method works in the caller's transaction, which locked it first. */
final class LeaseTable {
    /** Written into {@code worker.publishes}: 2, since this release publishes the events of drift too. */
    private static final int PUBLISHES = 2;

    private final String group;

    /**
     * What the tables say of a member.
     *
     * @param pulse changes with each renewal
     * @param lease how long the pulse may stay the same; null if the member's release does not store it
     * @param most as in {@link Member}
     */
    record Row(
            String applicationName,
            String pulse,
            @Nullable Duration lease,
            boolean fenced,
            @Nullable Integer most,
            Map<String, Holding> holdings) {
        Row {
            holdings = Map.copyOf(holdings);
        }

        /** With the holdings of another row of the same member. */
        private Row with(Row other) {
            Map<String, Holding> all = new HashMap<>(holdings);
            all.putAll(other.holdings);
            return new Row(applicationName, pulse, lease, fenced, most, all);
        }
    }

    LeaseTable(String group) {
        this.group = group;
    }

    /**
     * Locks the group for one transaction. A worker that is stopped in the middle of its transaction must not delay the
     * others for longer than their leases last.
     */
    void lock(Connection connection) throws SQLException {
        long key = UUID.nameUUIDFromBytes(("tenantry leases of " + group).getBytes(StandardCharsets.UTF_8))
                .getMostSignificantBits();
        Sql.execute(
                connection,
                "SET LOCAL idle_in_transaction_session_timeout = 2000; SET LOCAL lock_timeout = 3000;"
                        + " SET LOCAL statement_timeout = 3000; SELECT pg_advisory_xact_lock(" + key + ")");
    }

    /** In the order in which they joined. */
    List<Row> members(Connection connection) throws SQLException {
        // A release without the column renewals only changes expires_at.
        String sql = "SELECT application_name, fenced, renewals || ' ' || extract(epoch FROM expires_at) AS pulse,"
                + " lease_millis, most_connections, server, cap, connections FROM tenantry.worker LEFT JOIN tenantry.connection_lease USING"
                + " (group_id, application_name) WHERE group_id = ? ORDER BY joined";
        Map<String, Row> members = new LinkedHashMap<>();
        Sql.forEach(
                connection, sql, row -> members.merge(row.getString("application_name"), read(row), Row::with), group);
        return List.copyOf(members.values());
    }

    private static Row read(ResultSet row) throws SQLException {
        @Nullable Long millis = row.getObject("lease_millis", Long.class);
        @Nullable String server = row.getString("server");
        return new Row(
                row.getString("application_name"),
                row.getString("pulse"),
                millis == null ? null : Duration.ofMillis(millis),
                row.getBoolean("fenced"),
                row.getObject("most_connections", Integer.class),
                server == null ? Map.of() : Map.of(server, new Holding(row.getInt("cap"), row.getInt("connections"))));
    }

    /** Writes what this worker holds, and renews its lease. */
    void renew(Connection connection, String applicationName, LeaseTerms terms, Map<String, Holding> holdings)
            throws SQLException {
        String worker = "INSERT INTO tenantry.worker AS known (group_id, application_name, expires_at, lease_millis,"
                + " most_connections, publishes) VALUES (?, ?, clock_timestamp() + ? * interval '1 ms', ?, ?::integer, ?) ON"
                + " CONFLICT (group_id, application_name) DO UPDATE SET renewals = known.renewals + 1, expires_at ="
                + " excluded.expires_at, lease_millis = excluded.lease_millis, publishes = excluded.publishes";
        long millis = terms.lease().toMillis();
        Sql.update(connection, worker, group, applicationName, millis, millis, terms.most(), PUBLISHES);
        String leases = "INSERT INTO tenantry.connection_lease AS held (group_id, application_name, server, cap,"
                + " connections) VALUES (?, ?, ?, ?, ?) ON CONFLICT (group_id, application_name, server) DO UPDATE SET"
                + " cap = excluded.cap, connections = excluded.connections WHERE (held.cap, held.connections) <>"
                + " (excluded.cap, excluded.connections)";
        List<List<Object>> rows = new ArrayList<>();
        holdings.forEach(
                (server, held) -> rows.add(List.of(group, applicationName, server, held.cap(), held.connections())));
        Sql.updateEach(connection, leases, rows);
    }

    /** Fences members, so that none of them can renew its lease; those that hold nothing are deleted at once. */
    void fence(Connection connection, Collection<Member> dead) throws SQLException {
        for (Member member : dead) {
            if (member.holdsAny()) {
                Sql.update(
                        connection,
                        "UPDATE tenantry.worker SET fenced = true WHERE group_id = ? AND application_name = ?",
                        group,
                        member.applicationName());
            } else {
                forget(connection, member.applicationName());
            }
        }
    }

    /** The member's connections to this server are gone: others may have them. */
    void free(Connection connection, String applicationName, String server) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM tenantry.connection_lease WHERE group_id = ? AND application_name = ? AND server = ?",
                group,
                applicationName,
                server);
        Sql.update(
                connection,
                "DELETE FROM tenantry.worker WHERE group_id = ? AND application_name = ? AND NOT EXISTS (SELECT FROM"
                        + " tenantry.connection_lease held WHERE held.group_id = worker.group_id AND held.application_name"
                        + " = worker.application_name AND held.connections > 0)",
                group,
                applicationName);
    }

    /** The member has no connection any more, and leaves. */
    void forget(Connection connection, String applicationName) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM tenantry.worker WHERE group_id = ? AND application_name = ?",
                group,
                applicationName);
    }
}
