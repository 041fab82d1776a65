package io.tenantry.worker.registry.rollout;

import java.util.List;

/**
 * A tenant or a shared database that a rollout may send a request to.
 *
 * @param key the tenant, or the shared database
 * @param databases those of the rollout in which the tenant has a home, in order; or the shared database alone
 * @param atTarget whether all of them are known to be at the target
 */
public record Candidate(String key, boolean shared, List<String> databases, boolean atTarget) {
    public Candidate {
        databases = List.copyOf(databases);
    }
}
