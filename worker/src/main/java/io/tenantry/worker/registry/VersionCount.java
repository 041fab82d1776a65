package io.tenantry.worker.registry;

import org.jspecify.annotations.Nullable;

/**
 * How many tenants have their home in a named database at a version.
 *
 * @param version null if it is not known, or there is none
 */
public record VersionCount(String database, @Nullable String version, long tenants) {}
