package io.tenantry.worker.stack;

import java.util.LinkedHashMap;
import java.util.Map;

/** Settings of PostgreSQL that suit tests; the same for every kind of server. */
final class ServerConfig {
    private ServerConfig() {}

    /** The settings in PostgreSQL's own names, the given ones last. */
    static Map<String, String> forTests(Map<String, String> more) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put("max_connections", "200");
        // A script that drops a fleet of schemas in one transaction locks all their tables.
        config.put("max_locks_per_transaction", "256");
        // zonky turns it off, and a crash of the server would lose transactions that were committed.
        config.put("synchronous_commit", "on");
        // Survives a crash of the server, not one of the machine.
        config.put("fsync", "off");
        config.put("full_page_writes", "off");
        config.put("max_wal_size", "1GB");
        config.put("jit", "off");
        config.put("timezone", "UTC");
        config.putAll(more);
        return config;
    }
}
