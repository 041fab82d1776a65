package io.tenantry.worker.registry;

import io.tenantry.worker.config.DatabaseSettings;
import java.util.List;

/**
 * A tenant whose homes are to be placed on servers.
 *
 * @param databases in which it has no home yet, as far as is known
 */
public record NewTenant(String tenant, List<DatabaseSettings> databases) {
    public NewTenant {
        databases = List.copyOf(databases);
    }
}
