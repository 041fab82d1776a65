package io.tenantry.worker.registry;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a finished request writes into the registry about a tenant or a shared database.
 *
 * @param tenant null if the request was for a shared database
 * @param onboarded true if the tenant is new or onboarded again; false if it must be registered already
 * @param attributes from the onboarding request; ignored if not onboarded
 * @param homes the homes that were reached, at the versions they are at now
 * @param freed the numbers of places that were chosen for a signup which failed for good and made nothing there: see
 *     {@link Placements#made}
 */
public record Registration(
        @Nullable String tenant,
        boolean onboarded,
        Map<String, String> attributes,
        List<RegisteredHome> homes,
        Set<Long> freed) {
    /** The places of its homes stay as they are. */
    public Registration(
            @Nullable String tenant, boolean onboarded, Map<String, String> attributes, List<RegisteredHome> homes) {
        this(tenant, onboarded, attributes, homes, Set.of());
    }
}
