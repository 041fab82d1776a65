package io.tenantry.worker.registry.overview;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which tenants; all conditions must hold.
 *
 * @param database only those with a home there, and only these homes; null: all
 * @param version only homes at this version, as the registry has it; null: all
 * @param attributes that the tenant has with these values; may be empty
 */
public record TenantFilter(
        @Nullable String database, @Nullable String version, Map<String, String> attributes) {
    /** All tenants with all their homes. */
    public static final TenantFilter ALL = new TenantFilter(null, null, Map.of());

    public TenantFilter {
        attributes = Map.copyOf(attributes);
    }

    /** Whether a tenant without a home can be meant. */
    public boolean needsHome() {
        return database != null || version != null;
    }
}
