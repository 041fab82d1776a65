package io.tenantry.worker.limits;

import java.util.List;

/**
 * A server that is looked at.
 *
 * @param name in the configuration
 * @param cap the connections of all workers together
 * @param databases those with homes there
 */
public record CheckedServer(String name, int cap, List<CheckedDatabase> databases) {
    public CheckedServer {
        databases = List.copyOf(databases);
    }
}
