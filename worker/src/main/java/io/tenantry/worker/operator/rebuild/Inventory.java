package io.tenantry.worker.operator.rebuild;

import io.tenantry.contracts.EventType;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.MarkedHomes;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.HomeRows;
import io.tenantry.worker.registry.LookUp;
import io.tenantry.worker.registry.RegisteredHome;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.TenantRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All homes: those that the servers have, and those that the registry has. */
final class Inventory {
    private static final int TOGETHER = 500;

    private final Settings settings;
    private final Scope scope;
    private final SameServers same = new SameServers();
    private final HomeRows rows = new HomeRows();
    private final Map<String, Map<String, List<TenantHome>>> marked = new TreeMap<>();
    private final Map<String, List<TenantHome>> strangers = new TreeMap<>();

    Inventory(Settings settings, Scope scope) {
        this.settings = settings;
        this.scope = scope;
    }

    /** Adds the homes of a server; the caller has none of its connections open. */
    void add(Server server) throws SQLException {
        try (Connection connection = server.connection()) {
            same.add(server.name(), connection);
            for (TenantHome home : MarkedHomes.of(connection, server.name())) {
                if (!isOurs(home)) {
                    addStranger(home);
                } else if (scope.has(home)) {
                    marked.computeIfAbsent(String.valueOf(home.tenant()), tenant -> new TreeMap<>())
                            .computeIfAbsent(home.database(), name -> new ArrayList<>())
                            .add(home);
                }
            }
        }
    }

    private void addStranger(TenantHome home) {
        List<TenantHome> known = strangers.computeIfAbsent(home.database(), name -> new ArrayList<>());
        if (known.stream().noneMatch(one -> same.isSame(one, home))) {
            known.add(home);
        }
    }

    /**
     * Homes that neither the configuration nor the registry knows, by their named database; call {@link #homes} before.
     * They may be another deployment's.
     */
    Map<String, List<TenantHome>> strangers() {
        strangers.values().removeIf(List::isEmpty);
        return strangers;
    }

    /** Databases of PostgreSQL are of the whole server, which another deployment may share. */
    private boolean isOurs(TenantHome home) {
        return settings.databases().stream()
                .filter(database -> database.name().equals(home.database()))
                .anyMatch(database -> database.isolation() == home.isolation()
                        && Known.usualLocation(database, String.valueOf(home.tenant()))
                                .equals(home.location()));
    }

    /** By tenant and database; shared databases come last. */
    List<Known> homes(Registry registry) throws SQLException {
        TreeSet<String> tenants = new TreeSet<>(marked.keySet());
        tenants.addAll(registered(registry));
        List<Known> homes = new ArrayList<>();
        List<String> names = List.copyOf(tenants);
        for (int from = 0; from < names.size(); from += TOGETHER) {
            List<String> some = names.subList(from, Math.min(names.size(), from + TOGETHER));
            List<TenantRecord> known = registry.lookUp(
                    some.stream().map(tenant -> lookUp(tenant, null)).toList());
            for (int i = 0; i < some.size(); i++) {
                add(some.get(i), known.get(i), homes);
            }
        }
        for (DatabaseSettings database : settings.databases()) {
            if (database.isolation() == Isolation.SHARED && scope.hasShared(database.name())) {
                TenantRecord known =
                        registry.lookUp(List.of(lookUp(null, database.name()))).get(0);
                TenantHome home = new TenantHome(
                        null, database.name(), database.firstServer(), database.location(), Isolation.SHARED);
                homes.add(new Known(Optional.empty(), database.name(), known.home(database.name()), List.of(home)));
            }
        }
        return homes;
    }

    private void add(String tenant, TenantRecord known, List<Known> homes) {
        Map<String, List<TenantHome>> found = marked.getOrDefault(tenant, Map.of());
        for (DatabaseSettings database : settings.databases()) {
            String name = database.name();
            Optional<RegisteredHome> row = known.home(name);
            List<TenantHome> places = new ArrayList<>(found.getOrDefault(name, List.of()));
            row.flatMap(home -> registered(home, database)).ifPresent(places::add);
            boolean there = !places.isEmpty() || row.isPresent();
            if (there && scope.hasDatabase(name) && database.isolation() != Isolation.SHARED) {
                homes.add(new Known(
                        Optional.of(tenant), name, row, same.once(places, place -> isPreferred(place, row, database))));
            }
        }
    }

    private static boolean isPreferred(TenantHome place, Optional<RegisteredHome> row, DatabaseSettings database) {
        return row.map(home -> place.server().equals(home.server()))
                .orElse(database.serverNames().contains(place.server()));
    }

    /**
     * The home at the place in its row, if the configuration would put it elsewhere now; its row shows that it is no
     * stranger.
     */
    private Optional<TenantHome> registered(RegisteredHome row, DatabaseSettings database) {
        List<TenantHome> others = strangers.getOrDefault(database.name(), List.of());
        Optional<TenantHome> home = others.stream()
                .filter(other -> other.isolation() == database.isolation()
                        && other.server().equals(row.server())
                        && other.location().equals(row.location())
                        && Objects.equals(other.tenant(), row.tenant()))
                .findFirst();
        home.ifPresent(others::remove);
        return home;
    }

    private List<String> registered(Registry registry) throws SQLException {
        if (scope.sharedOnly(settings)) {
            return List.of();
        }
        if (scope.tenant() != null) {
            return List.of(scope.tenant());
        }
        List<String> all = new ArrayList<>();
        List<String> some;
        do {
            String last = all.isEmpty() ? "" : all.get(all.size() - 1);
            some = registry.inTransaction(connection -> rows.tenantsAfter(connection, last, TOGETHER * 10));
            all.addAll(some);
        } while (!some.isEmpty());
        return all;
    }

    /** The identity is empty: the look-up is for no request. */
    static LookUp lookUp(@Nullable String tenant, @Nullable String shared) {
        return new LookUp(new RequestRef("", "", EventType.MIGRATION_REQUESTED.type(), "", 0, 0), tenant, shared);
    }
}
