package io.tenantry.worker.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The SQL of tenants and their homes. Without state: every method works in the caller's transaction. */
public final class Tenants {
    private final ObjectMapper json = new ObjectMapper();

    /** Writes what finished requests say about tenants; of two about the same home the later one counts. */
    public void register(Connection connection, List<Registration> registrations) throws SQLException {
        Map<String, Registration> tenants = new HashMap<>();
        Map<List<String>, RegisteredHome> homes = new HashMap<>();
        Map<String, RegisteredHome> shared = new HashMap<>();
        for (Registration registration : registrations) {
            @Nullable String tenant = registration.tenant();
            if (tenant == null) {
                registration.homes().forEach(home -> shared.put(home.database(), home));
                continue;
            }
            if (registration.onboarded()) {
                tenants.put(tenant, registration);
            }
            registration.homes().forEach(home -> homes.put(List.of(tenant, home.database()), home));
        }
        upsertTenants(connection, inOrder(tenants));
        upsertHomes(connection, inOrder(homes));
        upsertShared(connection, inOrder(shared));
    }

    /** In a fixed order, so that two workers that write the same rows do not deadlock. */
    private static <K, V> List<V> inOrder(Map<K, V> rows) {
        return rows.entrySet().stream()
                .sorted(Comparator.comparing(row -> row.getKey().toString()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private void upsertTenants(Connection connection, List<Registration> tenants) throws SQLException {
        String sql = "INSERT INTO tenantry.tenant (tenant, attributes) VALUES (?, ?::jsonb) ON CONFLICT (tenant) DO"
                + " UPDATE SET attributes = excluded.attributes WHERE excluded.attributes <> '{}'";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Registration tenant : tenants) {
                statement.setString(1, tenant.tenant());
                statement.setString(2, encode(tenant.attributes()));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void upsertHomes(Connection connection, List<RegisteredHome> homes) throws SQLException {
        // A tenant that was deleted from the registry meanwhile stays deleted.
        String sql =
                "INSERT INTO tenantry.tenant_home (tenant, database, server, location, version) SELECT tenant, ?, ?,"
                        + " ?, ? FROM tenantry.tenant WHERE tenant = ? ON CONFLICT (tenant, database) DO UPDATE SET server ="
                        + " excluded.server, location = excluded.location, version = excluded.version, updated_at = now()";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (RegisteredHome home : homes) {
                statement.setString(1, home.database());
                statement.setString(2, home.server());
                statement.setString(3, home.location());
                statement.setString(4, home.version());
                statement.setString(5, home.tenant());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void upsertShared(Connection connection, List<RegisteredHome> databases) throws SQLException {
        String sql = "INSERT INTO tenantry.shared_database (database, server, location, version) VALUES (?, ?, ?, ?) ON"
                + " CONFLICT (database) DO UPDATE SET server = excluded.server, location = excluded.location, version ="
                + " excluded.version, updated_at = now()";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (RegisteredHome database : databases) {
                statement.setString(1, database.database());
                statement.setString(2, database.server());
                statement.setString(3, database.location());
                statement.setString(4, database.version());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** The tenant, and the ledger's entry for a request, in one query. */
    TenantRecord lookUp(Connection connection, LedgerEntry.Identity identity, String tenant) throws SQLException {
        String sql = "SELECT r.*, t.tenant AS registered, h.tenant, h.database, h.server, h.location, h.version FROM"
                + " (SELECT) AS one LEFT JOIN tenantry.request r ON r.source = ? AND r.id = ? LEFT JOIN tenantry.tenant t"
                + " ON t.tenant = ? LEFT JOIN tenantry.tenant_home h ON h.tenant = t.tenant";
        return read(connection, sql, identity, tenant);
    }

    /** The same for a shared database. */
    TenantRecord lookUpShared(Connection connection, LedgerEntry.Identity identity, String database)
            throws SQLException {
        String sql = "SELECT r.*, s.database AS registered, NULL AS tenant, s.database, s.server, s.location, s.version"
                + " FROM (SELECT) AS one LEFT JOIN tenantry.request r ON r.source = ? AND r.id = ? LEFT JOIN"
                + " tenantry.shared_database s ON s.database = ?";
        return read(connection, sql, identity, database);
    }

    private static TenantRecord read(Connection connection, String sql, LedgerEntry.Identity identity, String key)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, identity.source());
            query.setString(2, identity.id());
            query.setString(3, key);
            try (ResultSet rows = query.executeQuery()) {
                Optional<Recorded> recorded = Optional.empty();
                boolean registered = false;
                List<RegisteredHome> homes = new ArrayList<>();
                while (rows.next()) {
                    recorded = rows.getString("id") == null ? Optional.empty() : Optional.of(Ledger.read(rows));
                    registered = rows.getString("registered") != null;
                    @Nullable String database = rows.getString("database");
                    if (database != null) {
                        homes.add(new RegisteredHome(
                                rows.getString("tenant"),
                                database,
                                rows.getString("server"),
                                rows.getString("location"),
                                rows.getString("version")));
                    }
                }
                return new TenantRecord(recorded, registered, homes);
            }
        }
    }

    private String encode(Map<String, String> attributes) {
        try {
            return json.writeValueAsString(attributes);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a map of strings is always JSON", impossible);
        }
    }
}
