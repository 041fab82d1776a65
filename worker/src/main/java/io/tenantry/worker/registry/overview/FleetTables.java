package io.tenantry.worker.registry.overview;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.registry.overview.GroupMember.Condition;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The SQL of tenants, homes and workers for readers. Every method works on the caller's connection. */
public final class FleetTables {
    private static final String HOME =
            "h.database, h.server, h.location, h.version, h.fingerprint, h.updated_at, d.since AS drifted_since";

    private final ObjectMapper json = new ObjectMapper();

    /** How many tenants are registered. */
    public long countTenants(Connection connection) throws SQLException {
        return Sql.one(connection, "SELECT count(*) FROM tenantry.tenant", row -> row.getLong(1));
    }

    /** How many homes are in each condition; shared databases are left out. In no order. */
    public List<HomeCount> countHomes(Connection connection) throws SQLException {
        return Sql.query(
                connection,
                "SELECT database, version, fingerprint, count(*) FROM tenantry.tenant_home GROUP BY 1, 2, 3",
                row -> new HomeCount(row.getString(1), row.getString(2), row.getString(3), row.getLong(4)));
    }

    /** How many homes, shared databases included, were seen to differ from what their migrations make. */
    public long countDrifted(Connection connection) throws SQLException {
        return Sql.one(
                connection, "SELECT count(*) FROM tenantry.drift_home WHERE since IS NOT NULL", row -> row.getLong(1));
    }

    /** The shared databases, by name. */
    public List<HomeRow> sharedDatabases(Connection connection) throws SQLException {
        return Sql.query(
                connection,
                "SELECT " + HOME
                        + " FROM tenantry.shared_database h LEFT JOIN tenantry.drift_home d ON d.shared_database ="
                        + " h.database ORDER BY h.database",
                FleetTables::home);
    }

    /** The tenants that the filter lets through, by name. */
    public List<TenantRow> tenants(Connection connection, TenantFilter filter) throws SQLException {
        return read(
                connection,
                "WHERE (?::text IS NULL OR h.database = ?) AND (?::text IS NULL OR h.version = ?) AND t.attributes @>"
                        + " ?::jsonb AND (h.database IS NOT NULL OR NOT ?)",
                filter.database(),
                filter.database(),
                filter.version(),
                filter.version(),
                encode(filter.attributes()),
                filter.needsHome());
    }

    /** A tenant; empty if it is not registered. */
    public Optional<TenantRow> tenant(Connection connection, String tenant) throws SQLException {
        return read(connection, "WHERE t.tenant = ?", tenant).stream().findFirst();
    }

    private List<TenantRow> read(Connection connection, String where, @Nullable Object... parameters)
            throws SQLException {
        String sql = "SELECT t.tenant, t.attributes, t.created_at, "
                + HOME
                + " FROM tenantry.tenant t LEFT JOIN tenantry.tenant_home h ON h.tenant = t.tenant LEFT JOIN"
                + " tenantry.drift_home d ON d.tenant = h.tenant AND d.database = h.database " + where
                + " ORDER BY t.tenant, h.database";
        Map<String, TenantRow> tenants = new LinkedHashMap<>();
        Sql.RowReader reader = row -> {
            String name = row.getString("tenant");
            TenantRow tenant = tenants.get(name);
            if (tenant == null) {
                tenant = new TenantRow(
                        name,
                        decode(row.getString("attributes")),
                        row.getObject("created_at", OffsetDateTime.class).toInstant(),
                        new ArrayList<>());
                tenants.put(name, tenant);
            }
            if (row.getString("database") != null) {
                tenant.homes().add(home(row));
            }
        };
        Sql.forEach(connection, sql, reader, parameters);
        return List.copyOf(tenants.values());
    }

    private static HomeRow home(ResultSet row) throws SQLException {
        @Nullable OffsetDateTime driftedSince = row.getObject("drifted_since", OffsetDateTime.class);
        return new HomeRow(
                row.getString("database"),
                row.getString("server"),
                row.getString("location"),
                row.getString("version"),
                row.getString("fingerprint"),
                row.getObject("updated_at", OffsetDateTime.class).toInstant(),
                driftedSince == null ? null : driftedSince.toInstant());
    }

    /** The workers of a group in the order in which they joined, and the commands beside them. */
    public List<GroupMember> members(Connection connection, String group) throws SQLException {
        // The times were written by the registry's clock, too.
        String sql = "SELECT w.application_name, w.most_connections IS NOT NULL AS command, CASE WHEN w.fenced THEN"
                + " 'FENCED' WHEN w.expires_at < clock_timestamp() THEN 'EXPIRED' ELSE 'LIVE' END AS condition, l.server,"
                + " l.connections, c.database, c.head FROM tenantry.worker w LEFT JOIN tenantry.connection_lease l"
                + " USING (group_id, application_name) LEFT JOIN tenantry.worker_catalog c USING (group_id,"
                + " application_name) WHERE w.group_id = ? ORDER BY w.joined";
        Map<String, GroupMember> members = new LinkedHashMap<>();
        Sql.RowReader reader = row -> {
            GroupMember member = members.get(row.getString("application_name"));
            if (member == null) {
                member = new GroupMember(
                        row.getString("application_name"),
                        row.getBoolean("command"),
                        Condition.valueOf(row.getString("condition")),
                        new TreeMap<>(),
                        new TreeMap<>());
                members.put(member.applicationName(), member);
            }
            if (row.getString("server") != null) {
                member.connections().put(row.getString("server"), row.getInt("connections"));
            }
            if (row.getString("database") != null) {
                member.heads().put(row.getString("database"), row.getString("head"));
            }
        };
        Sql.forEach(connection, sql, reader, group);
        return List.copyOf(members.values());
    }

    private String encode(Map<String, String> attributes) {
        try {
            return json.writeValueAsString(attributes);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a map of strings is always JSON", impossible);
        }
    }

    private Map<String, String> decode(String attributes) {
        try {
            return json.readValue(attributes, new TypeReference<TreeMap<String, String>>() {});
        } catch (JsonProcessingException invalid) {
            throw new IllegalStateException("tenant.attributes is no map of strings: " + attributes, invalid);
        }
    }
}
