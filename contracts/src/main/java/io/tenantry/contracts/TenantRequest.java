package io.tenantry.contracts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the worker is asked to do for one tenant, or for one shared database. */
public sealed interface TenantRequest extends EventData permits TenantCreated, MigrationRequested {
    /** Null only when the request is for a shared database. */
    @Nullable String tenant();

    /** The databases that the request is limited to; empty means all that tenants have. */
    List<String> databases();
}
