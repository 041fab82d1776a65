package io.tenantry.worker.intake.admission;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The tenants whose signups are parked. The poll thread changes it; read from any thread. */
final class ParkedSignups {
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();

    /** One more signup of the tenant is parked. */
    void add(String key) {
        counts.merge(key, 1, Integer::sum);
    }

    /** One of them is not parked any more. */
    void remove(String key) {
        counts.computeIfPresent(key, (tenant, count) -> count == 1 ? null : count - 1);
    }

    /** Whether a signup of the tenant is parked. */
    boolean has(String key) {
        return counts.containsKey(key);
    }
}
