package io.tenantry.worker.registry;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * On which servers the homes of a new tenant are made.
 *
 * @param servers by database; empty if one of the databases is full: then the tenant is placed in none
 * @param full by database, how many tenants each of its servers has and may have, as words of a message
 * @param made by database, the numbers of the places that were chosen for this try; those that an earlier try was told of
 *     are not among them
 */
public record Placements(Map<String, String> servers, Map<String, String> full, Map<String, Long> made) {
    /** Of a request that nothing was placed for. */
    public static final Placements NONE = of(Map.of());

    public Placements {
        servers = Map.copyOf(servers);
        full = Map.copyOf(full);
        made = Map.copyOf(made);
    }

    /** Of a tenant that was placed in all its databases. */
    static Placements of(Map<String, String> servers) {
        return new Placements(servers, Map.of(), Map.of());
    }

    /** Of a tenant that has no room in these databases. */
    static Placements refused(Map<String, String> full) {
        return new Placements(Map.of(), full, Map.of());
    }

    /** The server for the home in this database; empty if none was chosen. */
    public Optional<String> server(String database) {
        return Optional.ofNullable(servers.get(database));
    }

    /** The numbers of the places that were chosen for this try in these databases. */
    public Set<Long> madeIn(Set<String> databases) {
        return made.entrySet().stream()
                .filter(place -> databases.contains(place.getKey()))
                .map(Map.Entry::getValue)
                .collect(Collectors.toUnmodifiableSet());
    }
}
