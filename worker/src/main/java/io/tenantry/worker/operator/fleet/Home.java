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
 */
public record Home(
        String database,
        String server,
        String location,
        @Nullable String version,
        UpgradeState state,
        @Nullable String head,
        Instant updatedAt) {
    static Home of(HomeRow row, Heads heads) {
        return new Home(
                row.database(),
                row.server(),
                row.location(),
                row.version(),
                heads.state(row.database(), row.version(), row.fingerprint()),
                heads.version(row.database()),
                row.updatedAt());
    }
}
