package io.tenantry.worker.registry.rollout;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The migrations that a live worker of a group has.
 *
 * @param worker the application name of its sessions at the servers
 * @param databases by name; empty if it has not said which migrations it has: it is starting, or its release never says
 *     so
 */
public record AdvertisedCatalog(String worker, Map<String, Database> databases) {
    public AdvertisedCatalog {
        databases = Map.copyOf(databases);
    }

    /**
     * Its migrations of one database.
     *
     * @param head the highest version; null if all migrations are repeatable
     * @param fingerprints by version, as the scripts' names have it: the fingerprint of a home that was brought there
     */
    public record Database(@Nullable String head, Map<String, String> fingerprints) {
        public Database {
            fingerprints = Map.copyOf(fingerprints);
        }
    }
}
