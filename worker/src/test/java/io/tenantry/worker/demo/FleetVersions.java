package io.tenantry.worker.demo;

import io.tenantry.worker.stack.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many tenants are at which version.
 *
 * @param tenants by place, in the order of the databases
 */
record FleetVersions(Map<Place, Integer> tenants) {

    /** A version of a named database. */
    record Place(String database, String version) {}

    private static final Comparator<Place> ORDER = Comparator.comparingInt(
                    (Place place) -> DemoFolder.DATABASES.indexOf(place.database()))
            .thenComparing(Place::version, Comparator.reverseOrder());

    /** What the tenants' own history tables say. */
    static FleetVersions ofHistories(PostgresServer server, List<String> tenants) throws SQLException {
        Map<Place, Integer> counts = new TreeMap<>(ORDER);
        try (Connection connection = server.connect(DemoFolder.APP);
                Statement statement = connection.createStatement()) {
            for (String database : DemoFolder.DATABASES) {
                for (String tenant : tenants) {
                    String schema = statement.enquoteIdentifier(DemoFolder.location(database, tenant), true);
                    try (ResultSet row = statement.executeQuery("SELECT version FROM " + schema
                            + ".flyway_schema_history WHERE success AND version IS NOT NULL"
                            + " ORDER BY installed_rank DESC LIMIT 1")) {
                        String version = row.next() ? row.getString(1) : "none";
                        counts.merge(new Place(database, version), 1, Integer::sum);
                    }
                }
            }
        }
        return new FleetVersions(counts);
    }

    /** What Tenantry's registry says. */
    static FleetVersions ofRegistry(PostgresServer server) throws SQLException {
        Map<Place, Integer> counts = new TreeMap<>(ORDER);
        try (Connection connection = server.connect(DemoFolder.CONTROL);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT database, coalesce(version, 'none'), count(*)"
                        + " FROM tenantry.tenant_home GROUP BY 1, 2")) {
            while (rows.next()) {
                counts.put(new Place(rows.getString(1), rows.getString(2)), rows.getInt(3));
            }
        }
        return new FleetVersions(counts);
    }
}
