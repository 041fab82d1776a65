package io.tenantry.worker;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.drift.check.HomeCheck;
import io.tenantry.worker.drift.record.DriftRecorder;
import io.tenantry.worker.drift.verify.VerifiedHomes;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.reference.KeptReferences;
import io.tenantry.worker.engine.reference.ReferenceStore;
import io.tenantry.worker.housekeeping.DriftSweep;
import io.tenantry.worker.housekeeping.DueHomes;
import io.tenantry.worker.housekeeping.RestingServers;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.drift.DriftQueue;
import io.tenantry.worker.registry.drift.DriftTable;
import io.tenantry.worker.registry.drift.ReferenceTable;
import io.tenantry.worker.request.HomeVerification;
import io.tenantry.worker.startup.ProvenCatalogs;
import io.tenantry.worker.telemetry.Outage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How this worker compares homes with what their migrations make. Safe for use by many threads. */
final class HomeComparisons implements AutoCloseable {
    private final Resources resources;
    private final Map<String, DatabaseSettings> databases;
    private final Map<String, MigrationCatalog> catalogs;
    private final ReferenceStore references;
    private final HomeVerification verification;
    private final DriftSweep sweep;
    /** By database and server. */
    private final Map<List<String>, HomeCheck> checks = new ConcurrentHashMap<>();

    /**
     * Starts with samples, and with the sweep if the settings have one.
     *
     * @param isDraining whether the worker ends
     * @param fatal called with an error after which the process must not go on
     */
    HomeComparisons(Resources resources, ProvenCatalogs proven, BooleanSupplier isDraining, Consumer<Error> fatal) {
        Settings settings = resources.settings();
        this.resources = resources;
        this.databases =
                settings.databases().stream().collect(Collectors.toMap(DatabaseSettings::name, Function.identity()));
        this.catalogs = proven.byDatabase();
        this.references = new ReferenceTable(resources.registry());
        DriftQueue queue = new DriftQueue(resources.registry());
        DriftTable table = new DriftTable(
                resources.registry(),
                settings.kafka().groupId(),
                settings.kafka().eventSource());
        DriftRecorder recorder = new DriftRecorder(table, resources.id());
        this.verification = new VerifiedHomes(settings.databases(), this::check, recorder);
        this.sweep = new DriftSweep(
                new DriftSweep.Parts(
                        settings.drift(),
                        settings.databases().stream()
                                .map(DatabaseSettings::name)
                                .toList(),
                        resources.servers(),
                        this::check,
                        queue,
                        recorder,
                        resources.meters().drift(),
                        isDraining,
                        fatal),
                new DueHomes(
                        settings.drift(),
                        settings.databases(),
                        queue,
                        resources.random(),
                        System::nanoTime,
                        new RestingServers(settings.servers().keySet(), this::isAway, System::nanoTime)));
    }

    /** How homes are compared before the results of their requests. */
    HomeVerification verification() {
        return verification;
    }

    /** How homes of this database on this server are compared; empty if one of them is not configured. */
    private Optional<HomeCheck> check(TenantHome home) {
        DatabaseSettings database = databases.get(home.database());
        Server server = resources.servers().get(home.server());
        MigrationCatalog catalog = catalogs.get(home.database());
        if (database == null || server == null || catalog == null) {
            return Optional.empty();
        }
        return Optional.of(checks.computeIfAbsent(
                List.of(home.database(), home.server()),
                key -> new HomeCheck(
                        catalog,
                        new KeptReferences(catalog, server, database.allow(), references),
                        database.drift().exclude())));
    }

    /** The home was onboarded or upgraded, and its result is in the registry. */
    void changed(TenantResult result, DatabaseResult home) {
        DatabaseSettings database = databases.get(home.database());
        if (database != null) {
            sweep.sample(new TenantHome(
                    result.tenant(), home.database(), home.server(), home.location(), database.isolation()));
        }
    }

    private boolean isAway(String server) {
        return Optional.ofNullable(resources.serverOutages().get(server))
                .flatMap(Outage::since)
                .isPresent();
    }

    /** Ends the sweep; waits for a look in progress for a second at most. */
    @Override
    public void close() {
        sweep.close();
    }
}
