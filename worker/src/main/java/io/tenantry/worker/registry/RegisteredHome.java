package io.tenantry.worker.registry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's home, or a shared database, as the registry knows it.
 *
 * @param tenant null if all tenants share it
 * @param version where the last request left it; null if no migration was applied
 * @param fingerprint of what was applied when the last request brought the home to its version; null if it failed, or that
 *     is not known
 * @param observedAt when that was seen under the home's lock, by the clock of its server; null if that is not known
 * @param observedBefore what the registry had for {@code observedAt} when the request was looked up: the home was seen
 *     later than that, whatever the clocks say; null if it had nothing
 */
public record RegisteredHome(
        @Nullable String tenant,
        String database,
        String server,
        String location,
        @Nullable String version,
        @Nullable String fingerprint,
        @Nullable Instant observedAt,
        @Nullable Instant observedBefore) {}
