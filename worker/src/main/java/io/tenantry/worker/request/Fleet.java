package io.tenantry.worker.request;

import io.tenantry.contracts.RequestType;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.registry.TenantRecord;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The databases and servers of the configuration. Immutable. */
public final class Fleet {
    private final Map<String, NamedDatabase> databases = new LinkedHashMap<>();
    private final Map<String, Server> servers;

    /**
     * @param databases in the order in which every tenant's homes are worked on
     * @param servers by name, including servers that no database names: registered homes may be on them
     */
    public Fleet(List<NamedDatabase> databases, Map<String, Server> servers) {
        databases.forEach(database -> this.databases.put(database.name(), database));
        this.servers = Map.copyOf(servers);
    }

    /** In the configured order. */
    List<NamedDatabase> databases() {
        return List.copyOf(databases.values());
    }

    Optional<NamedDatabase> database(String name) {
        return Optional.ofNullable(databases.get(name));
    }

    Optional<Server> server(String name) {
        return Optional.ofNullable(servers.get(name));
    }

    /**
     * The names of the servers that a request needs, as far as the configuration shows it; empty if only the registry
     * knows in which databases the tenant has a home, or on which of several servers.
     */
    public Set<String> servers(TenantRequest request) {
        boolean named = switch (request.type()) {
            // It is for all databases of the configuration if it names none.
            case ONBOARDING -> true;
            case MIGRATION -> request.tenant() == null || !request.databases().isEmpty();
        };
        Set<String> servers = new HashSet<>();
        for (NamedDatabase database : databases.values()) {
            if (isWanted(database, request)) {
                // The home is on one of several: only the registry knows on which.
                named &= database.servers().size() == 1;
                database.servers().forEach(server -> servers.add(server.name()));
            }
        }
        return named || servers.size() == 1 ? Set.copyOf(servers) : Set.of();
    }

    /**
     * The databases for which the registry has to choose a server before a signup begins; mostly none. An earlier try may have
     * chosen one, and made the home there, when the configuration had several servers.
     */
    public List<DatabaseSettings> toPlace(TenantRequest request, TenantRecord known) {
        if (request.type() != RequestType.ONBOARDING
                || known.recorded().isPresent()
                || !request.databases().stream().allMatch(this::isForTenants)) {
            return List.of();
        }
        return databases.values().stream()
                .filter(database -> isWanted(database, request))
                .filter(database -> database.isPlaced()
                        || known.placements().server(database.name()).isPresent())
                .filter(database -> known.home(database.name()).isEmpty())
                .map(NamedDatabase::settings)
                .toList();
    }

    private boolean isForTenants(String database) {
        return database(database).filter(found -> !found.isShared()).isPresent();
    }

    private static boolean isWanted(NamedDatabase database, TenantRequest request) {
        if (request.tenant() == null) {
            return database.name().equals(request.database());
        }
        List<String> names = request.databases();
        return !database.isShared() && (names.isEmpty() || names.contains(database.name()));
    }

    /** The templates of all databases that have one. */
    public List<TemplateDatabase> templates() {
        return databases.values().stream()
                .flatMap(database -> database.servers().stream())
                .map(HomeServer::template)
                .flatMap(Stream::ofNullable)
                .toList();
    }

    /** For messages. */
    String names() {
        return String.join(", ", databases.keySet());
    }
}
