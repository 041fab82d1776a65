package io.tenantry.worker.operator.fleet;

import io.tenantry.worker.registry.overview.AnsweredRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that the registry knows of one tenant.
 *
 * @param createdAt when its first onboarding was recorded; null if it is not registered
 * @param requests from the ledger, newest first
 */
public record TenantDetails(
        String tenant,
        @Nullable Instant createdAt,
        Map<String, String> attributes,
        List<Home> homes,
        List<AnsweredRequest> requests) {
    /** Whether it was onboarded. */
    public boolean isRegistered() {
        return createdAt != null;
    }
}
