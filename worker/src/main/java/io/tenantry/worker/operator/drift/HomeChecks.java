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
import io.tenantry.worker.registry.overview.FleetTables;
import io.tenantry.worker.registry.overview.GroupMember;
import io.tenantry.worker.registry.overview.HomePlace;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The checks of all configured databases on their servers. For one thread. */
final class HomeChecks {
    /** A server that failed so often in a row is not asked again: each failure takes seconds. */
    private static final int MOST_FAILURES = 3;

    private final Access access;
    private final LeasedServers servers;
    private final Set<String> names;
    private final List<Glob> excluded;
    private final Catalogs catalogs;
    private final ReferenceStore store;
    private final DriftRecorder recorder;
    /** By database and server. */
    private final Map<List<String>, HomeCheck> checks = new HashMap<>();

    private final Map<String, String> unusable = new HashMap<>();
    private String whyUnusable = "";
    private final DriftHints hints = new DriftHints();
    private final Map<String, Integer> failures = new HashMap<>();

    /** @param names of the servers that are leased */
    HomeChecks(Access access, LeasedServers servers, Set<String> names, List<Glob> excluded)
            throws OperationFailedException {
        this.access = access;
        this.servers = servers;
        this.names = Set.copyOf(names);
        this.excluded = excluded;
        this.catalogs = new Catalogs(access.settings(), reason -> whyUnusable = reason);
        this.store = access.registry(ReferenceTable::new);
        KafkaSettings kafka = access.settings().kafka();
        this.recorder = access.registry(registry -> new DriftRecorder(
                new DriftTable(registry, kafka.groupId(), kafka.eventSource()), Access.applicationName()));
    }

    /** False of a home that was placed meanwhile on a server that had none before: the next run looks at it. */
    boolean mayAsk(HomePlace place) {
        return names.contains(place.server()) || !access.settings().servers().containsKey(place.server());
    }

    /**
     * Looks at a home, and writes what was seen into the registry, unless this command leaves out more than the configuration.
     *
     * @throws OperationFailedException if the registry cannot be used
     */
    HomeFinding of(HomePlace place) throws OperationFailedException {
        Verdict verdict = verdict(place);
        return new HomeFinding(
                place, verdict, verdict instanceof Verdict.Drifted drifted ? hints(place, drifted) : List.of());
    }

    private Verdict verdict(HomePlace place) throws OperationFailedException {
        Optional<DatabaseSettings> database = settings(place);
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
        Verdict verdict = verdict(place, database.get());
        boolean isAway = verdict instanceof Verdict.Unreadable unreadable && unreadable.serverAway();
        failures.put(place.server(), isAway ? failed + 1 : 0);
        return verdict;
    }

    private Verdict verdict(HomePlace place, DatabaseSettings database) throws OperationFailedException {
        Server server = servers.server(place.server());
        Optional<HomeCheck> check;
        try {
            check = check(database, server);
        } catch (OperationFailedException unreachable) {
            return new Verdict.Unreadable(String.valueOf(unreachable.getMessage()), true);
        }
        TenantHome home = home(place, database);
        if (check.isEmpty()) {
            // That is said of this command: what the workers have seen of the home stays.
            return new Verdict.NoReference(String.valueOf(unusable.get(database.name())));
        }
        Instant begunAt = access.registry(registry -> recorder.now());
        Verdict verdict = check.get().of(server, home);
        if (!excluded.isEmpty()) {
            // Nobody has seen what was left out: a drift that others know must not end by this.
            return verdict;
        }
        return access.registry(registry -> {
            recorder.record(home, begunAt, verdict);
            return verdict;
        });
    }

    /** Why a home with a lock that is held for long is not being migrated: no worker has that lock. Empty if one has. */
    Optional<String> strangerIn(HomePlace place) throws OperationFailedException {
        Optional<TenantHome> home = settings(place).map(database -> home(place, database));
        if (home.isEmpty()) {
            return Optional.empty();
        }
        String group = access.settings().kafka().groupId();
        Set<String> workers = access.registry(registry -> registry.inSnapshot(connection -> new FleetTables()
                .members(connection, group).stream()
                        .filter(member -> member.condition() == GroupMember.Condition.LIVE)
                        .map(GroupMember::applicationName)
                        .collect(Collectors.toSet())));
        try {
            return HomeCheck.strangerIn(servers.server(place.server()), home.get(), workers);
        } catch (SQLException unknown) {
            return Optional.empty();
        }
    }

    /** The patterns that this command alone leaves out, and that have matched nothing; empty if it has compared nothing. */
    List<Glob> unmatched() {
        List<HomeCheck> used =
                checks.values().stream().filter(HomeCheck::hasCompared).toList();
        return used.isEmpty()
                ? List.of()
                : excluded.stream()
                        .filter(glob -> used.stream()
                                .allMatch(check -> check.unmatched().contains(glob)))
                        .toList();
    }

    private Optional<DatabaseSettings> settings(HomePlace place) {
        return access.settings().databases().stream()
                .filter(one -> one.name().equals(place.database()))
                .findFirst();
    }

    private static TenantHome home(HomePlace place, DatabaseSettings database) {
        return new TenantHome(place.tenant(), place.database(), place.server(), place.location(), database.isolation());
    }

    /** The home was just found to have drifted. */
    private List<String> hints(HomePlace place, Verdict.Drifted drifted) throws OperationFailedException {
        HomeCheck check = checks.get(List.of(place.database(), place.server()));
        TenantHome home = home(place, settings(place).orElseThrow());
        return check == null ? List.of() : hints.of(check, servers.server(place.server()), home, drifted);
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
            Optional<MigrationCatalog> catalog = catalogs.findOnAnswering(database.name(), server);
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
