package io.tenantry.worker.registry.overview;

import org.jspecify.annotations.Nullable;

/**
 * Where a home is.
 *
 * @param tenant null if all tenants share it
 */
public record HomePlace(@Nullable String tenant, String database, String server, String location) {}
