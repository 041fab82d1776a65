package io.tenantry.worker.registry.rollout;

import java.util.List;

/**
 * A member's latest attempt, to be sent now.
 *
 * @param key the tenant, or the shared database
 * @param databases those of the rollout in which the tenant has a home
 * @param attempt from 1
 * @param requestId {@code ce_id} of its request
 */
public record ClaimedAttempt(boolean shared, String key, List<String> databases, int attempt, String requestId) {
    public ClaimedAttempt {
        databases = List.copyOf(databases);
    }
}
