package io.tenantry.worker.registry;

import org.jspecify.annotations.Nullable;

/**
 * A tenant's home, or a shared database, as the registry knows it.
 *
 * @param tenant null if all tenants share it
 * @param version where the last request left it; null if no migration was applied
 */
public record RegisteredHome(
        @Nullable String tenant,
        String database,
        String server,
        String location,
        @Nullable String version) {}
