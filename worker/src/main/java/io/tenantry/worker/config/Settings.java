package io.tenantry.worker.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything a worker is told at its start; never changed afterwards.
 *
 * @param servers by name; at least one
 * @param databases in the order of the file, which is the order in which a tenant's homes are worked on; at least one
 */
public record Settings(
        KafkaSettings kafka,
        RegistrySettings registry,
        Map<String, ServerSettings> servers,
        List<DatabaseSettings> databases,
        WorkerSettings worker,
        RetrySettings retry,
        DriftSettings drift,
        HttpSettings http) {

    public Settings {
        servers = Collections.unmodifiableMap(new LinkedHashMap<>(servers));
        databases = List.copyOf(databases);
    }
}
