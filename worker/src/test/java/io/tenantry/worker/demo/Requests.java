package io.tenantry.worker.demo;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.TenantCreated;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Makes requests as events.
 *
 * @param source of them all
 */
public record Requests(String source) {
    /** As a signup service sends it. */
    public Event<TenantCreated> signUp(String id, String tenant, Map<String, String> attributes) {
        return new Event<>(
                id,
                source,
                EventType.TENANT_CREATED,
                Instant.now(),
                null,
                new TenantCreated(tenant, List.of(), attributes));
    }

    /**
     * As release tooling sends it.
     *
     * @param databases to be upgraded; all homes of the tenant if there are none
     */
    public Event<MigrationRequested> upgrade(
            String id, String tenant, List<String> databases, String target, String rollout) {
        return new Event<>(
                id,
                source,
                EventType.MIGRATION_REQUESTED,
                Instant.now(),
                null,
                new MigrationRequested(tenant, null, databases, target, rollout, 1));
    }
}
