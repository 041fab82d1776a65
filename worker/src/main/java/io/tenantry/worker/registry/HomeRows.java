package io.tenantry.worker.registry;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The SQL with which an operator corrects the rows of homes. Without state: every method works in the caller's
 * transaction.
 */
public final class HomeRows {
    private static final String THESE =
            " unnest(?::text[], ?::text[], ?::text[], ?::text[]) AS these (tenant, database, server, location)";

    private static final String CLAIM_TENANTS =
            "INSERT INTO tenantry.tenant (tenant) SELECT tenant FROM" + THESE + " ORDER BY 1 ON CONFLICT DO NOTHING";

    private static final String CLAIM_HOMES =
            "INSERT INTO tenantry.tenant_home (tenant, database, server, location) SELECT *" + " FROM" + THESE
                    + " ORDER BY 1, 2 ON CONFLICT DO NOTHING";

    private static final String ELSEWHERE = "WITH these AS (SELECT * FROM" + THESE + "), homes AS (SELECT h.* FROM"
            + " tenantry.tenant_home h JOIN these USING (tenant, database) ORDER BY 1, 2 FOR UPDATE OF h) SELECT h.tenant,"
            + " 'is registered at ' || h.server || '/' || h.location FROM homes h JOIN these t USING (tenant, database)"
            + " WHERE (h.server, h.location) <> (t.server, t.location) UNION ALL SELECT p.tenant, 'is placed on server ' ||"
            + " p.server FROM tenantry.placement p JOIN these t USING (tenant, database) WHERE p.server <> t.server ORDER BY"
            + " 1, 2";

    private final Tenants tenants = new Tenants();

    /** The next tenants in the order of their names. */
    public List<String> tenantsAfter(Connection connection, String tenant, int limit) throws SQLException {
        return Sql.query(
                connection,
                "SELECT tenant FROM tenantry.tenant WHERE tenant > ? ORDER BY tenant LIMIT ?",
                row -> row.getString(1),
                tenant,
                limit);
    }

    /** Writes what was seen of a home under its lock; the attributes of its tenant stay. */
    public void write(Connection connection, RegisteredHome home) throws SQLException {
        write(connection, List.of(home));
    }

    /** The same for many homes. */
    public void write(Connection connection, List<RegisteredHome> homes) throws SQLException {
        tenants.register(
                connection,
                homes.stream()
                        .map(home -> new Registration(home.tenant(), true, Map.of(), List.of(home)))
                        .toList());
    }

    /**
     * Of these homes, those whose tenants have a home of the same database at another place, or are placed on another server.
     * Until the end of the transaction the others get no row from anybody else.
     *
     * @return what is known instead, for people, by tenant
     */
    public Map<String, String> elsewhere(Connection connection, List<RegisteredHome> homes) throws SQLException {
        Columns<RegisteredHome> columns = new Columns<>(connection, homes)
                .add("text", RegisteredHome::tenant)
                .add("text", RegisteredHome::database)
                .add("text", RegisteredHome::server)
                .add("text", RegisteredHome::location);
        Map<String, String> elsewhere = new HashMap<>();
        for (String sql : List.of(CLAIM_TENANTS, CLAIM_HOMES)) {
            Sql.update(connection, sql, columns.parameters());
        }
        Sql.forEach(
                connection, ELSEWHERE, row -> elsewhere.put(row.getString(1), row.getString(2)), columns.parameters());
        return elsewhere;
    }

    /** On which servers the open signups of these tenants are placed, by tenant. */
    public Map<String, String> placed(Connection connection, String database, List<String> tenants)
            throws SQLException {
        Map<String, String> servers = new HashMap<>();
        Sql.forEach(
                connection,
                "SELECT p.tenant, p.server FROM tenantry.placement p WHERE p.database = ? AND p.tenant = ANY (?) AND NOT EXISTS"
                        + " (SELECT FROM tenantry.tenant_home h WHERE h.tenant = p.tenant AND h.database = p.database)",
                row -> servers.put(row.getString(1), row.getString(2)),
                database,
                connection.createArrayOf("text", tenants.toArray()));
        return servers;
    }

    /**
     * Deletes the row of a home that does not exist, and its tenant with the last of its homes; not if the row has changed.
     *
     * @return whether it was there
     */
    public boolean delete(Connection connection, RegisteredHome home) throws SQLException {
        if (home.tenant() == null) {
            return Sql.update(
                            connection,
                            "DELETE FROM tenantry.shared_database WHERE database = ? AND server = ? AND location = ?",
                            home.database(),
                            home.server(),
                            home.location())
                    > 0;
        }
        int deleted = Sql.update(
                connection,
                "DELETE FROM tenantry.tenant_home WHERE tenant = ? AND database = ? AND server = ? AND location = ?",
                home.tenant(),
                home.database(),
                home.server(),
                home.location());
        if (deleted > 0) {
            for (String sql : List.of(
                    "DELETE FROM tenantry.drift_home WHERE NOT shared AND key = ? AND database = ?",
                    "DELETE FROM tenantry.placement WHERE tenant = ? AND database = ?")) {
                Sql.update(connection, sql, home.tenant(), home.database());
            }
            Sql.update(
                    connection,
                    "DELETE FROM tenantry.tenant t WHERE tenant = ? AND NOT EXISTS (SELECT FROM tenantry.tenant_home h"
                            + " WHERE h.tenant = t.tenant)",
                    home.tenant());
        }
        return deleted > 0;
    }
}
