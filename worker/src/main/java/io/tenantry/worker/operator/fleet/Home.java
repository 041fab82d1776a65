package io.tenantry.worker.operator.fleet;

import io.tenantry.worker.registry.overview.HomeRow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's home, or a shared database.
 *
 * @param version null if no migration was applied
 * @param head the newest version that a worker has; null if that is not known
 * @param updatedAt when a request last reported it
 * @param driftedSince when it was first seen to differ from what its migrations make; null if it does not, or was never
 *     compared
 */
public record Home(
        String database,
        String server,
        String location,
        @Nullable String version,
        UpgradeState state,
        @Nullable String head,
        Instant updatedAt,
        @Nullable Instant driftedSince) {
    /** Whether it lacks migrations that a worker has. */
    public boolean lacksMigrations() {
        return state == UpgradeState.BEHIND;
    }

    /** Whether it was seen to differ from what its migrations make. */
    public boolean hasDrifted() {
        return driftedSince != null;
    }

    static Home of(HomeRow row, Heads heads) {
        return new Home(
                row.database(),
                row.server(),
                row.location(),
                row.version(),
                heads.state(row.database(), row.version(), row.fingerprint()),
                heads.version(row.database()),
                row.updatedAt(),
                row.driftedSince());
    }
}
