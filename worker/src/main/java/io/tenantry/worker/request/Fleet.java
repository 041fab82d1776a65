package io.tenantry.worker.request;

import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.postgres.connection.Server;
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
     * knows in which databases the tenant has a home.
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
                servers.add(database.server().name());
            }
        }
        return named || servers.size() == 1 ? Set.copyOf(servers) : Set.of();
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
                .map(NamedDatabase::template)
                .flatMap(Stream::ofNullable)
                .toList();
    }

    /** For messages. */
    String names() {
        return String.join(", ", databases.keySet());
    }
}
