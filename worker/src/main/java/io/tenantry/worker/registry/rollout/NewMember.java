package io.tenantry.worker.registry.rollout;

import java.util.List;

/**
 * A tenant or shared database of a rollout, as it was planned.
 *
 * @param key the tenant, or the shared database
 * @param databases those of the rollout in which the tenant has a home
 * @param wave from 1
 */
public record NewMember(boolean shared, String key, List<String> databases, int wave) {
    public NewMember {
        databases = List.copyOf(databases);
    }
}
