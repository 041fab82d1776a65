package io.tenantry.worker.registry.overview;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The places of registered homes, for walks over the fleet. Every method works on the caller's connection.
 *
 * @param tenant only homes of this tenant; null: of all tenants, and shared databases
 * @param database only homes in this database; null: in all
 */
public record HomePlaces(@Nullable String tenant, @Nullable String database) {
    private static final String COLUMNS = "SELECT tenant, database, server, location FROM tenantry.tenant_home";
    private static final String WHERE = " WHERE (?::text IS NULL OR tenant = ?) AND (?::text IS NULL OR database = ?)";

    /** The names of the servers that have such homes, in order. */
    public TreeSet<String> servers(Connection connection) throws SQLException {
        TreeSet<String> servers = new TreeSet<>(Sql.query(
                connection,
                "SELECT DISTINCT server FROM tenantry.tenant_home" + WHERE,
                row -> row.getString(1),
                tenant,
                tenant,
                database,
                database));
        shared(connection).forEach(home -> servers.add(home.server()));
        return servers;
    }

    /**
     * The next homes of tenants by tenant and database.
     *
     * @param after where the page before ended; null for the first page
     * @return empty if there are no more
     */
    public List<HomePlace> next(Connection connection, @Nullable HomePlace after, int limit) throws SQLException {
        return Sql.query(
                connection,
                COLUMNS + WHERE + " AND (tenant, database) > (?, ?) ORDER BY tenant, database LIMIT ?",
                HomePlaces::place,
                tenant,
                tenant,
                database,
                database,
                after == null ? "" : after.tenant(),
                after == null ? "" : after.database(),
                limit);
    }

    /**
     * Some homes of tenants, chosen at random: this share of each database's homes, rounded up, so at least one of each.
     *
     * @param share above 0, and up to 1
     */
    public List<HomePlace> sample(Connection connection, double share) throws SQLException {
        return Sql.query(
                connection,
                "SELECT tenant, database, server, location FROM (SELECT *, row_number() OVER (PARTITION BY database ORDER BY"
                        + " random()) AS place, count(*) OVER (PARTITION BY database) AS homes FROM tenantry.tenant_home"
                        + WHERE + ") chosen WHERE place < homes * ?::numeric + 1 ORDER BY tenant, database",
                HomePlaces::place,
                tenant,
                tenant,
                database,
                database,
                share);
    }

    /** How many homes of tenants there are. */
    public long count(Connection connection) throws SQLException {
        return Sql.one(
                connection,
                "SELECT count(*) FROM tenantry.tenant_home" + WHERE,
                row -> row.getLong(1),
                tenant,
                tenant,
                database,
                database);
    }

    /** The shared databases, by name; none if a tenant is given. */
    public List<HomePlace> shared(Connection connection) throws SQLException {
        if (tenant != null) {
            return List.of();
        }
        return Sql.query(
                connection,
                "SELECT NULL, database, server, location FROM tenantry.shared_database WHERE ?::text IS NULL OR"
                        + " database = ? ORDER BY database",
                HomePlaces::place,
                database,
                database);
    }

    private static HomePlace place(ResultSet row) throws SQLException {
        return new HomePlace(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
    }
}
