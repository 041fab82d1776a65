package io.tenantry.worker.operator.drift;

import io.tenantry.worker.config.Glob;
import io.tenantry.worker.registry.overview.HomePlaces;
import java.util.List;

/**
 * Which homes are compared, and what of them.
 *
 * @param share of the tenants' homes of each database, rounded up, above 0; 1 for all. Shared databases are always compared
 * @param excluded patterns of labels that are left out beside those of the configuration
 */
public record DriftScope(HomePlaces homes, double share, List<Glob> excluded) {
    public DriftScope {
        excluded = List.copyOf(excluded);
    }
}
