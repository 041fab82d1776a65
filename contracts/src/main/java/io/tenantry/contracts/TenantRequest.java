package io.tenantry.contracts;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the worker is asked to do for one tenant, or for one shared database. */
public sealed interface TenantRequest extends EventData permits TenantCreated, MigrationRequested {
    /** What is asked for. */
    RequestType type();

    /** Null only when the request is for a shared database. */
    @Nullable String tenant();

    /** The shared database that the request is for; null if it is for a tenant. */
    @Nullable String database();

    /** The databases that the request is limited to; empty means all that tenants have. */
    List<String> databases();

    /** What the producer says about the tenant; empty if it says nothing, or cannot with this type. */
    Map<String, String> attributes();

    /** The rollout that the request is part of; null if there is none. */
    @Nullable String rollout();
}
