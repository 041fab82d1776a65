package io.tenantry.worker.demo;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.TenantCreated;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The requests of the demo. */
final class Requests {
    private static final String ROLLOUT = "release-2";

    private Requests() {}

    /** As the signup service sends it. */
    static Event<TenantCreated> signUp(String tenant) {
        return new Event<>(
                "signup/" + tenant,
                "/demo/signup",
                EventType.TENANT_CREATED,
                Instant.now(),
                null,
                new TenantCreated(tenant, List.of(), Map.of("plan", "free")));
    }

    /** As the release tooling sends it. */
    static Event<MigrationRequested> upgrade(String tenant, String database, String target) {
        return new Event<>(
                ROLLOUT + "/" + tenant,
                "/demo/releases",
                EventType.MIGRATION_REQUESTED,
                Instant.now(),
                null,
                new MigrationRequested(tenant, null, List.of(database), target, ROLLOUT, 1));
    }
}
