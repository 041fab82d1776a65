package io.tenantry.worker.registry.drift;

import org.jspecify.annotations.Nullable;

/**
 * A home that is registered.
 *
 * @param tenant null if all tenants share the database
 * @param database the named database
 * @param server its name in the configuration
 * @param location the schema or the PostgreSQL database there
 */
public record LookedAt(@Nullable String tenant, String database, String server, String location) {
    /** Whether all tenants share it. */
    public boolean isShared() {
        return tenant == null;
    }

    /** The tenant, or the shared database. */
    public String key() {
        return tenant == null ? database : tenant;
    }
}
