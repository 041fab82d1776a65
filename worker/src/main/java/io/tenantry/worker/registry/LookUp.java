package io.tenantry.worker.registry;

import io.tenantry.contracts.RequestRef;
import org.jspecify.annotations.Nullable;

/**
 * What to look up for a request: a tenant, or a shared database.
 *
 * @param request whether it was answered before
 * @param tenant what is known of it; null if the request is about a shared database
 * @param sharedDatabase the same; null if the request is about a tenant
 * @param ofRollout whether a rollout sent the request, and may have been halted since
 */
public record LookUp(
        RequestRef request,
        @Nullable String tenant,
        @Nullable String sharedDatabase,
        boolean ofRollout) {
    /** For a request that no rollout sent. */
    public LookUp(RequestRef request, @Nullable String tenant, @Nullable String sharedDatabase) {
        this(request, tenant, sharedDatabase, false);
    }
}
