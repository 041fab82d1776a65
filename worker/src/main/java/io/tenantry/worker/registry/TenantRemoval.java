package io.tenantry.worker.registry;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The SQL that takes tenants out of the registry. Without state: every method works in the caller's transaction. */
public final class TenantRemoval {
    /** Rows of homes go with the tenant's. */
    private static final List<String> DELETIONS = List.of(
            "DELETE FROM tenantry.tenant WHERE tenant = ANY (?)",
            "DELETE FROM tenantry.drift_home WHERE NOT shared AND key = ANY (?)",
            "DELETE FROM tenantry.placement WHERE tenant = ANY (?)");

    /**
     * Locks the rows of these tenants, so that what is read of them stays true until the transaction ends.
     *
     * @return where each of them has its homes, as in {@code users main/tenant_acme}; without tenants of which the registry has
     *     neither a row nor a placement
     */
    public Map<String, List<String>> lock(Connection connection, List<String> tenants) throws SQLException {
        Map<String, List<String>> homes = new TreeMap<>();
        Sql.forEach(
                connection,
                "SELECT t.tenant, ARRAY(SELECT h.database || ' ' || h.server || '/' || h.location FROM tenantry.tenant_home h WHERE"
                        + " h.tenant = t.tenant ORDER BY 1) FROM tenantry.tenant t WHERE t.tenant = ANY (?) ORDER BY t.tenant FOR UPDATE",
                row -> homes.put(
                        row.getString(1), List.of((String[]) row.getArray(2).getArray())),
                connection.createArrayOf("text", tenants.toArray()));
        // A signup that failed for good leaves no row, and its placement takes room.
        Sql.forEach(
                connection,
                "SELECT tenant FROM tenantry.placement WHERE tenant = ANY (?) ORDER BY tenant, database FOR UPDATE",
                row -> homes.putIfAbsent(row.getString(1), List.of()),
                connection.createArrayOf("text", tenants.toArray()));
        return homes;
    }

    /** Those of these tenants that a rollout has which is not finished, with its name. */
    public Map<String, String> inRollouts(Connection connection, List<String> tenants) throws SQLException {
        Map<String, String> rollouts = new TreeMap<>();
        Sql.forEach(
                connection,
                "SELECT m.key, min(m.rollout) FROM tenantry.rollout_member m JOIN tenantry.rollout r USING (rollout) WHERE NOT"
                        + " m.shared AND m.key = ANY (?) AND r.finished_at IS NULL GROUP BY m.key",
                row -> rollouts.put(row.getString(1), row.getString(2)),
                connection.createArrayOf("text", tenants.toArray()));
        return rollouts;
    }

    /** Deletes all that the registry derives of these tenants: rows of requests and rollouts stay until they are pruned. */
    public void delete(Connection connection, List<String> tenants) throws SQLException {
        for (String sql : DELETIONS) {
            Sql.update(connection, sql, connection.createArrayOf("text", tenants.toArray()));
        }
    }
}
