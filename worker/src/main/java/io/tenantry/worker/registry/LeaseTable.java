package io.tenantry.worker.registry;

import io.tenantry.worker.registry.Member.Holding;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The SQL of one group's members and leases. Every method works in the caller's transaction, which locked it first. */
final class LeaseTable {
    private final String group;

    LeaseTable(String group) {
        this.group = group;
    }

    /**
     * One transaction of the group at a time. Whoever is stopped in the middle of one must not hold the others up for
     * longer than their leases last.
     */
    void lock(Connection connection) throws SQLException {
        long key = UUID.nameUUIDFromBytes(("tenantry leases of " + group).getBytes(StandardCharsets.UTF_8))
                .getMostSignificantBits();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL idle_in_transaction_session_timeout = 2000; SET LOCAL lock_timeout = 3000;"
                    + " SET LOCAL statement_timeout = 3000; SELECT pg_advisory_xact_lock(" + key + ")");
        }
    }

    /** In the order in which they joined. */
    List<Member> members(Connection connection) throws SQLException {
        String sql = "SELECT application_name, fenced, extract(epoch FROM clock_timestamp() - expires_at) * 1000 AS"
                + " overdue, server, cap, connections FROM tenantry.worker LEFT JOIN tenantry.connection_lease USING"
                + " (group_id, application_name) WHERE group_id = ? ORDER BY joined";
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, group);
            try (ResultSet rows = query.executeQuery()) {
                return read(rows);
            }
        }
    }

    private static List<Member> read(ResultSet rows) throws SQLException {
        List<Member> members = new ArrayList<>();
        String name = "";
        Duration overdue = Duration.ZERO;
        boolean fenced = false;
        Map<String, Holding> holdings = new HashMap<>();
        while (rows.next()) {
            String next = rows.getString("application_name");
            if (!next.equals(name)) {
                if (!name.isEmpty()) {
                    members.add(new Member(name, overdue, fenced, holdings));
                }
                name = next;
                overdue = Duration.ofMillis(Math.max(0, rows.getLong("overdue")));
                fenced = rows.getBoolean("fenced");
                holdings.clear();
            }
            @Nullable String server = rows.getString("server");
            if (server != null) {
                holdings.put(server, new Holding(rows.getInt("cap"), rows.getInt("connections")));
            }
        }
        if (!name.isEmpty()) {
            members.add(new Member(name, overdue, fenced, holdings));
        }
        return members;
    }

    /** Writes what this worker holds, and that it lives. */
    void renew(Connection connection, String applicationName, Duration lease, Map<String, Holding> holdings)
            throws SQLException {
        String worker = "INSERT INTO tenantry.worker (group_id, application_name, expires_at) VALUES (?, ?,"
                + " clock_timestamp() + ? * interval '1 ms') ON CONFLICT (group_id, application_name) DO UPDATE SET"
                + " expires_at = excluded.expires_at";
        try (PreparedStatement statement = connection.prepareStatement(worker)) {
            statement.setString(1, group);
            statement.setString(2, applicationName);
            statement.setLong(3, lease.toMillis());
            statement.executeUpdate();
        }
        String leases = "INSERT INTO tenantry.connection_lease AS held (group_id, application_name, server, cap,"
                + " connections) VALUES (?, ?, ?, ?, ?) ON CONFLICT (group_id, application_name, server) DO UPDATE SET"
                + " cap = excluded.cap, connections = excluded.connections WHERE (held.cap, held.connections) <>"
                + " (excluded.cap, excluded.connections)";
        try (PreparedStatement statement = connection.prepareStatement(leases)) {
            for (Map.Entry<String, Holding> holding : holdings.entrySet()) {
                statement.setString(1, group);
                statement.setString(2, applicationName);
                statement.setString(3, holding.getKey());
                statement.setInt(4, holding.getValue().cap());
                statement.setInt(5, holding.getValue().connections());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Nobody renews these any more; those that hold nothing are forgotten at once. */
    void fence(Connection connection, Collection<Member> dead) throws SQLException {
        try (PreparedStatement fence = connection.prepareStatement(
                "UPDATE tenantry.worker SET fenced = true WHERE group_id = ? AND application_name = ?")) {
            for (Member member : dead) {
                if (member.holdsAny()) {
                    fence.setString(1, group);
                    fence.setString(2, member.applicationName());
                    fence.addBatch();
                } else {
                    forget(connection, member.applicationName());
                }
            }
            fence.executeBatch();
        }
    }

    /** Its connections to this server are gone: others may have them. */
    void free(Connection connection, String applicationName, String server) throws SQLException {
        update(
                connection,
                "DELETE FROM tenantry.connection_lease WHERE group_id = ? AND application_name = ? AND server = ?",
                group,
                applicationName,
                server);
        update(
                connection,
                "DELETE FROM tenantry.worker WHERE group_id = ? AND application_name = ? AND NOT EXISTS (SELECT FROM"
                        + " tenantry.connection_lease held WHERE held.group_id = worker.group_id AND held.application_name"
                        + " = worker.application_name AND held.connections > 0)",
                group,
                applicationName);
    }

    /** It has no connection any more, and is no member. */
    void forget(Connection connection, String applicationName) throws SQLException {
        update(
                connection,
                "DELETE FROM tenantry.worker WHERE group_id = ? AND application_name = ?",
                group,
                applicationName);
    }

    private static void update(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        }
    }
}
