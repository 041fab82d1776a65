package io.tenantry.worker.operator.drift;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Glob;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.drift.check.HomeCheck;
import io.tenantry.worker.drift.check.Verdict;
import io.tenantry.worker.drift.record.DriftRecorder;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.reference.KeptReferences;
import io.tenantry.worker.engine.reference.ReferenceStore;
import io.tenantry.worker.engine.reference.References;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.home.Catalogs;
import io.tenantry.worker.operator.home.LeasedServers;
import io.tenantry.worker.operator.home.ServerReach;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.drift.DriftTable;
import io.tenantry.worker.registry.drift.ReferenceTable;
import io.tenantry.worker.registry.overview.HomePlace;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The checks of all configured databases on their servers. For one thread. */
final class HomeChecks {
    /** A server that failed so often in a row is not asked again: each failure takes seconds. */
    private static final int MOST_FAILURES = 3;

    private final Access access;
    private final LeasedServers servers;
    private final List<Glob> excluded;
    private final Catalogs catalogs;
    private final ReferenceStore store;
    private final DriftRecorder recorder;
    /** By database and server. */
    private final Map<List<String>, HomeCheck> checks = new HashMap<>();

    private final Map<String, String> unusable = new HashMap<>();
    private String whyUnusable = "";
    private final Map<String, Integer> failures = new HashMap<>();

    HomeChecks(Access access, LeasedServers servers, List<Glob> excluded) throws OperationFailedException {
        this.access = access;
        this.servers = servers;
        this.excluded = excluded;
        this.catalogs = new Catalogs(access.settings(), reason -> whyUnusable = reason);
        this.store = access.registry(ReferenceTable::new);
        KafkaSettings kafka = access.settings().kafka();
        this.recorder = access.registry(registry -> new DriftRecorder(
                new DriftTable(registry, kafka.groupId(), kafka.eventSource()), Access.applicationName()));
    }

    /**
     * Looks at a home, and writes what was seen into the registry.
     *
     * @throws OperationFailedException if the registry cannot be used
     */
    Verdict of(HomePlace place) throws OperationFailedException {
        Optional<DatabaseSettings> database = access.settings().databases().stream()
                .filter(one -> one.name().equals(place.database()))
                .findFirst();
        if (database.isEmpty() || !access.settings().servers().containsKey(place.server())) {
            String key = database.isEmpty() ? "databases." + place.database() : "servers." + place.server();
            return new Verdict.Unreadable(
                    key + " is not in the configuration: use the settings of the workers, or add it", false);
        }
        int failed = failures.getOrDefault(place.server(), 0);
        if (failed >= MOST_FAILURES) {
            return new Verdict.Unreadable(
                    "server " + place.server()
                            + " could not be reached for the homes before, so it was not asked again:"
                            + " run this again when it answers",
                    true);
        }
        Verdict verdict = of(place, database.get());
        boolean isAway = verdict instanceof Verdict.Unreadable unreadable && unreadable.serverAway();
        failures.put(place.server(), isAway ? failed + 1 : 0);
        return verdict;
    }

    private Verdict of(HomePlace place, DatabaseSettings database) throws OperationFailedException {
        Server server = servers.server(place.server());
        Optional<HomeCheck> check;
        try {
            check = check(database, server);
        } catch (OperationFailedException unreachable) {
            return new Verdict.Unreadable(String.valueOf(unreachable.getMessage()), true);
        }
        TenantHome home = new TenantHome(
                place.tenant(), place.database(), place.server(), place.location(), database.isolation());
        Instant begunAt = access.registry(registry -> recorder.now());
        Verdict verdict = check.isPresent()
                ? check.get().of(server, home)
                : new Verdict.NoReference(String.valueOf(unusable.get(database.name())));
        return access.registry(registry -> {
            recorder.record(home, begunAt, verdict);
            return verdict;
        });
    }

    /**
     * Empty if the migrations cannot be read.
     *
     * @throws OperationFailedException if the server cannot be used
     */
    private Optional<HomeCheck> check(DatabaseSettings database, Server server) throws OperationFailedException {
        List<String> key = List.of(database.name(), server.name());
        if (!checks.containsKey(key) && !unusable.containsKey(database.name())) {
            ServerReach.require(server);
            Optional<MigrationCatalog> catalog = catalogs.find(database.name(), server);
            if (catalog.isPresent()) {
                List<Glob> all = new ArrayList<>(database.drift().exclude());
                all.addAll(excluded);
                References references = new KeptReferences(catalog.get(), server, database.allow(), store);
                checks.put(key, new HomeCheck(catalog.get(), references, all));
            } else {
                unusable.put(database.name(), whyUnusable);
            }
        }
        return Optional.ofNullable(checks.get(key));
    }
}
