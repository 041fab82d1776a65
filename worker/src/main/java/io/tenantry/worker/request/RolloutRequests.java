package io.tenantry.worker.request;

import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantRequest;

/**
 * Recognizes the requests that a rollout has sent. A request of another source that carries the name of a rollout is not
 * one of them.
 *
 * @param source {@code ce_source} of what the workers of the group publish
 */
public record RolloutRequests(String source) {
    /** Whether a rollout has sent the request. */
    public boolean include(RequestRef ref, TenantRequest data) {
        return data.rollout() != null && ref.source().equals(source);
    }
}
