package io.tenantry.worker.request;

import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.RequestType;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.registry.TenantRecord;

/**
 * The types of requests, each with the class that resolves it. Immutable. Whatever else depends on a type is a switch over
 * {@link RequestType} without a default, so the compiler names those places after a type is added.
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
        return switch (request.type()) {
            case ONBOARDING -> onboarding.resolve((TenantCreated) request, known);
            case MIGRATION -> upgrade.resolve((MigrationRequested) request, known);
        };
    }
}
