package io.tenantry.worker.operator.verify;

import io.tenantry.worker.config.DatabaseSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the command was told. Immutable.
 *
 * @param against a folder, or a revision of git, with the migrations that are released; null if that is not known
 * @param servers the servers to try; empty for one of each version of PostgreSQL
 * @param seeds files with SQL that inserts rows of a tenant, by the version that a home must have reached
 */
public record VerifyTerms(@Nullable String against, Set<String> servers, Map<String, Path> seeds) {
    public VerifyTerms {
        servers = Set.copyOf(servers);
        seeds = Map.copyOf(seeds);
    }

    /** The servers of a database that may be tried, in their order. */
    List<String> serversOf(DatabaseSettings database) {
        return database.serverNames().stream()
                .filter(name -> servers.isEmpty() || servers.contains(name))
                .toList();
    }
}
