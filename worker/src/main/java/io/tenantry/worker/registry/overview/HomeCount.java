package io.tenantry.worker.registry.overview;

import org.jspecify.annotations.Nullable;

/**
 * How many tenants have their home in a database in the same condition.
 *
 * @param version null if no migration was applied
 * @param fingerprint of what was applied; null if that is not known
 */
public record HomeCount(
        String database, @Nullable String version, @Nullable String fingerprint, long tenants) {}
