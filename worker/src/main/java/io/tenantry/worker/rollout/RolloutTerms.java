package io.tenantry.worker.rollout;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.Settings;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the configuration says about rollouts.
 *
 * @param group the consumer group
 * @param source {@code ce_source} of everything that a rollout publishes
 * @param targetGrace how long a rollout waits for a version that no worker has
 * @param databases all that are configured, in their order
 * @param caps {@code max-connections} by server
 */
public record RolloutTerms(
        String group,
        String source,
        Duration targetGrace,
        List<DatabaseSettings> databases,
        Map<String, Integer> caps) {
    public RolloutTerms {
        databases = List.copyOf(databases);
        caps = Map.copyOf(caps);
    }

    /** The terms of these settings. */
    public static RolloutTerms of(Settings settings, String source) {
        Map<String, Integer> caps = new HashMap<>();
        settings.servers().forEach((name, server) -> caps.put(name, server.maxConnections()));
        return new RolloutTerms(
                settings.kafka().groupId(), source, settings.worker().unknownTargetGrace(), settings.databases(), caps);
    }

    /**
     * The databases that a start names, or all, in the configured order.
     *
     * @throws RefusedException if one is not configured
     */
    List<DatabaseSettings> named(Collection<String> names) throws RefusedException {
        for (String name : names) {
            if (databases.stream().noneMatch(database -> database.name().equals(name))) {
                throw new RefusedException(
                        ErrorCode.UNKNOWN_DATABASE,
                        "database " + name
                                + " is not in the configuration; nothing was sent. The configured databases are "
                                + String.join(
                                        ", ",
                                        databases.stream()
                                                .map(DatabaseSettings::name)
                                                .toList()));
            }
        }
        return databases.stream()
                .filter(database -> names.isEmpty() || names.contains(database.name()))
                .toList();
    }

    /** The databases among these that all tenants share. */
    static Set<String> shared(List<DatabaseSettings> databases) {
        Set<String> shared = new HashSet<>();
        for (DatabaseSettings database : databases) {
            if (database.isolation() == Isolation.SHARED) {
                shared.add(database.name());
            }
        }
        return shared;
    }

    /** Twice the connections of the servers of these databases: enough to keep them busy with upgrades that take seconds. */
    int concurrency(List<DatabaseSettings> named) {
        return 2
                * named.stream()
                        .flatMap(database -> database.serverNames().stream())
                        .distinct()
                        .mapToInt(server -> caps.getOrDefault(server, 1))
                        .sum();
    }
}
