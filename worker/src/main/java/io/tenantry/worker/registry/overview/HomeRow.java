package io.tenantry.worker.registry.overview;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's home, or a shared database.
 *
 * @param version null if no migration was applied
 * @param fingerprint of what was applied; null if that is not known
 * @param updatedAt when a request last reported it, by the registry's clock
 * @param driftedSince when it was first seen to differ from what its migrations make; null if it does not, or was never
 *     compared
 */
public record HomeRow(
        String database,
        String server,
        String location,
        @Nullable String version,
        @Nullable String fingerprint,
        Instant updatedAt,
        @Nullable Instant driftedSince) {}
