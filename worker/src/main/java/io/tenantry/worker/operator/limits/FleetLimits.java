package io.tenantry.worker.operator.limits;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.limits.CheckedDatabase;
import io.tenantry.worker.limits.CheckedServer;
import io.tenantry.worker.limits.LimitChecks;
import io.tenantry.worker.limits.LimitFinding;
import io.tenantry.worker.limits.SamePostgres;
import io.tenantry.worker.limits.TenantLimits;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.home.Catalogs;
import io.tenantry.worker.operator.home.LeasedServers;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.registry.PlacementTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Looks at the limits of all servers, with one connection of each by a lease. For one thread. */
public final class FleetLimits {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Access access;
    private final Consumer<String> note;

    /** @param note told why the command waits, and which migrations cannot be read; called by another thread, too */
    public FleetLimits(Access access, Consumer<String> note) {
        this.access = access;
        this.note = note;
    }

    /**
     * First the tenants of each server, then what each server's catalogs show. A server that does not answer is a finding.
     *
     * @throws OperationFailedException if the registry cannot be used, or the command is interrupted
     */
    public List<LimitFinding> findings() throws OperationFailedException {
        Settings settings = access.settings();
        PlacementTable placements = new PlacementTable();
        SamePostgres before = new SamePostgres();
        Map<String, Map<String, Long>> tenants = access.registry(registry -> {
            long workers = registry.countWorkers(settings.kafka().groupId());
            return registry.inTransaction(connection -> {
                before.addRegistry(connection, workers, settings.registry().maxConnections() + 1);
                return placements.count(connection);
            });
        });
        List<LimitFinding> findings = new ArrayList<>(
                TenantLimits.of(settings.databases(), settings.servers().keySet(), tenants));
        Catalogs catalogs = new Catalogs(settings, note);
        try (LeasedServers servers =
                LeasedServers.lease(access, settings.servers().keySet(), note)) {
            for (String name : settings.servers().keySet()) {
                if (access.interruption().isRequested()) {
                    throw access.interruption().failure("interrupted while the limits were measured");
                }
                findings.addAll(look(servers.server(name), tenants, catalogs, before));
            }
        }
        return findings;
    }

    private List<LimitFinding> look(
            Server server, Map<String, Map<String, Long>> tenants, Catalogs catalogs, SamePostgres before) {
        List<CheckedDatabase> databases = new ArrayList<>();
        for (DatabaseSettings database : access.settings().databases()) {
            if (TenantLimits.mayHaveHomes(database, server.name(), tenants)) {
                databases.add(new CheckedDatabase(
                        database,
                        catalogs.find(database.name(), server)
                                .map(MigrationCatalog::mayMake)
                                .orElse(null)));
            }
        }
        int cap = Objects.requireNonNull(access.settings().servers().get(server.name()))
                .maxConnections();
        try (Connection connection = server.connection()) {
            return LimitChecks.of(connection, new CheckedServer(server.name(), cap, databases, before), PATIENCE);
        } catch (SQLException failure) {
            return List.of(LimitFinding.silent(server.name(), FailureMessage.of(failure)));
        }
    }
}
