package io.tenantry.worker.request;

import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.registry.TenantRecord;

/**
 * The types of requests, each with the class that resolves it. Immutable. Besides this, a type decides {@link
 * Fleet#servers} (the servers it needs), and in {@code request.run} the type of its result and what the registry learns
 * (ResultBuilder), its priority and what it may overtake (RequestRun), and which permits it may use (HomeAttempt).
 */
public final class RequestTypes {
    private final Onboarding onboarding;
    private final Upgrade upgrade;

    /** @param fleet the databases that homes may be in */
    public RequestTypes(Fleet fleet) {
        this.onboarding = new Onboarding(fleet);
        this.upgrade = new Upgrade(fleet);
    }

    /**
     * The homes to work on and their steps, or why there are none.
     *
     * @param known what the registry has of the tenant
     */
    public Resolution resolve(TenantRequest request, TenantRecord known) {
        if (request instanceof TenantCreated created) {
            return onboarding.resolve(created, known);
        }
        return upgrade.resolve((MigrationRequested) request, known);
    }
}
