package io.tenantry.worker.registry;

import java.util.Map;
import java.util.Optional;

/**
 * On which servers the homes of a new tenant are made.
 *
 * @param servers by database; empty if one of the databases is full: then the tenant is placed in none
 * @param full by database, how many tenants each of its servers has and may have, as words of a message
 */
public record Placements(Map<String, String> servers, Map<String, String> full) {
    /** Of a request that nothing was placed for. */
    public static final Placements NONE = new Placements(Map.of(), Map.of());

    public Placements {
        servers = Map.copyOf(servers);
        full = Map.copyOf(full);
    }

    /** Of a tenant that was placed in all its databases. */
    static Placements of(Map<String, String> servers) {
        return new Placements(servers, Map.of());
    }

    /** The server for the home in this database; empty if none was chosen. */
    public Optional<String> server(String database) {
        return Optional.ofNullable(servers.get(database));
    }
}
