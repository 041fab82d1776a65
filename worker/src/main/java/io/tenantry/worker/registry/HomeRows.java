package io.tenantry.worker.registry;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * The SQL with which an operator corrects the rows of homes. Without state: every method works in the caller's
 * transaction.
 */
public final class HomeRows {
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
