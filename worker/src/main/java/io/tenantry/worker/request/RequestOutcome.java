package io.tenantry.worker.request;

import io.tenantry.contracts.EventType;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.registry.Registration;

/**
 * How a request ended.
 *
 * @param type of the event that carries the result
 * @param registration what the registry learns from it
 */
public record RequestOutcome(EventType type, TenantResult result, Registration registration) {
    /** Whether the work was done, so that no worker needs to do it again. */
    public boolean succeeded() {
        return result.outcome() == Outcome.COMPLETED || result.outcome() == Outcome.UP_TO_DATE;
    }
}
