package io.tenantry.worker.startup;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The migrations of each named database, with plans that were proven on each of its servers. Immutable.
 *
 * @param servers by database, then by server in the configured order
 */
public record ProvenCatalogs(Map<String, Map<String, MigrationCatalog>> servers) {
    public ProvenCatalogs {
        servers = Map.copyOf(servers);
    }

    /** The migrations of each database; they are the same on all of its servers. */
    public Map<String, MigrationCatalog> byDatabase() {
        Map<String, MigrationCatalog> first = new LinkedHashMap<>();
        servers.forEach((database, catalogs) ->
                first.put(database, catalogs.values().iterator().next()));
        return first;
    }

    /** The migrations of a database, with plans for this one of its servers. */
    public MigrationCatalog on(String database, String server) {
        return Objects.requireNonNull(
                Objects.requireNonNull(servers.get(database)).get(server));
    }
}
