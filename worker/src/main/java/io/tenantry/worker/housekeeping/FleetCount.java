package io.tenantry.worker.housekeeping;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.ServerShare;
import io.tenantry.worker.registry.PlacementTable;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.VersionCount;
import io.tenantry.worker.telemetry.WorkerMeters.PlacedTenants;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Counts the tenants in the registry. Safe for use by many threads. */
public final class FleetCount implements TenantCensus.Count {
    private final Registry registry;
    private final PlacementTable placements = new PlacementTable();
    private final List<DatabaseSettings> limited;

    /** @param databases of the configuration */
    public FleetCount(Registry registry, List<DatabaseSettings> databases) {
        this.registry = registry;
        this.limited = databases.stream()
                .filter(database -> database.servers().stream()
                        .anyMatch(share -> share.maxTenants().isPresent()))
                .toList();
    }

    @Override
    public List<VersionCount> tenants() throws SQLException {
        return registry.countTenants();
    }

    /** Does not ask if no database has a limit. */
    @Override
    public List<PlacedTenants> placed() throws SQLException {
        List<PlacedTenants> placed = new ArrayList<>();
        Map<String, Map<String, Long>> tenants =
                limited.isEmpty() ? Map.of() : registry.inTransaction(placements::count);
        for (DatabaseSettings database : limited) {
            for (ServerShare share : database.servers()) {
                long there = tenants.getOrDefault(database.name(), Map.of()).getOrDefault(share.server(), 0L);
                share.maxTenants()
                        .ifPresent(
                                limit -> placed.add(new PlacedTenants(database.name(), share.server(), there, limit)));
            }
        }
        return placed;
    }
}
