package io.tenantry.worker.step;

import io.tenantry.worker.engine.TemplateDatabase;
import io.tenantry.worker.postgres.Server;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The databases and servers of the configuration. Immutable. */
public final class Fleet {
    private final Map<String, NamedDatabase> databases = new LinkedHashMap<>();
    private final Map<String, Server> servers;

    /**
     * @param databases in the order in which every tenant's homes are worked on
     * @param servers by name, also those that no database names: registered homes may be on them
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

    /** Of those databases that have one. */
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
