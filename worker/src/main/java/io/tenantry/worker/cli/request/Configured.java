package io.tenantry.worker.cli.request;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.Settings;
import java.util.LinkedHashMap;
import java.util.Map;

/** What options may name. */
final class Configured {
    private Configured() {}

    /** Whether all tenants share it, by the name of the database. */
    static Map<String, Boolean> databases(Settings settings) {
        Map<String, Boolean> shared = new LinkedHashMap<>();
        settings.databases().forEach(database -> shared.put(database.name(), database.isolation() == Isolation.SHARED));
        return shared;
    }
}
