package io.tenantry.worker.registry;

import org.jspecify.annotations.Nullable;

/**
 * A tenant's home as the registry knows it.
 *
 * @param version where the last request left it; null if no migration was applied
 */
public record RegisteredHome(
        String tenant,
        String database,
        String server,
        String location,
        @Nullable String version) {}
