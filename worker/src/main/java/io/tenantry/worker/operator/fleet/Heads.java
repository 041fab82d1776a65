package io.tenantry.worker.operator.fleet;

import io.tenantry.contracts.MigrationRequested;
import io.tenantry.worker.engine.catalog.Versions;
import io.tenantry.worker.registry.rollout.AdvertisedCatalog;
import io.tenantry.worker.registry.rollout.ResolvedTarget;
import io.tenantry.worker.rollout.TargetResolution;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The newest migrations of each database that a worker has: what {@code latest} means to a rollout. Immutable. */
final class Heads {
    private final Map<String, ResolvedTarget> byDatabase = new HashMap<>();

    Heads(List<AdvertisedCatalog> workers) {
        workers.stream()
                .flatMap(worker -> worker.databases().keySet().stream())
                .distinct()
                .forEach(database -> {
                    // One by one: a database without a version must not hide the others.
                    if (TargetResolution.of(List.of(database), MigrationRequested.LATEST, workers)
                            instanceof TargetResolution.Resolved resolved) {
                        byDatabase.putAll(resolved.targets());
                    }
                });
    }

    /** The version; null if it is not known. */
    @Nullable String version(String database) {
        ResolvedTarget head = byDatabase.get(database);
        return head == null ? null : head.version();
    }

    /**
     * How a home compares with them.
     *
     * @param version null if no migration was applied
     * @param fingerprint null if it is not known
     */
    UpgradeState state(String database, @Nullable String version, @Nullable String fingerprint) {
        ResolvedTarget head = byDatabase.get(database);
        if (head == null) {
            return UpgradeState.UNKNOWN;
        }
        if (head.fingerprint().equals(fingerprint)) {
            return UpgradeState.CURRENT;
        }
        int order = version == null ? -1 : Versions.ORDER.compare(version, head.version());
        if (order > 0) {
            return UpgradeState.AHEAD;
        }
        return order == 0 && fingerprint == null ? UpgradeState.UNVERIFIED : UpgradeState.BEHIND;
    }
}
