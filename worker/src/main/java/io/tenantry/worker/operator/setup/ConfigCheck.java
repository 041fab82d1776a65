package io.tenantry.worker.operator.setup;

import io.tenantry.worker.config.Settings;
import io.tenantry.worker.operator.Access;
import io.tenantry.worker.operator.OperationFailedException;
import io.tenantry.worker.operator.home.LeasedServers;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.startup.StartupChecks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Looks for what would keep a worker from starting, and changes nothing. */
public final class ConfigCheck {
    private ConfigCheck() {}

    /** What is wrong on this machine, one line each: the folders of migrations. Connects to nothing. */
    public static List<String> local(Settings settings) {
        StartupChecks checks = new StartupChecks(settings);
        checks.withLeases(Map.of(), false);
        return checks.faults();
    }

    /**
     * What was found.
     *
     * @param faults one line each
     * @param unchecked servers that were not connected to, since the registry leases no connection
     */
    public record Report(List<String> faults, List<String> unchecked) {
        public Report {
            faults = List.copyOf(faults);
            unchecked = List.copyOf(unchecked);
        }
    }

    /**
     * What is wrong with Kafka, the registry and the servers. Takes one connection of each server by a lease, as a worker
     * does, so that all together stay within the cap; without a lease it connects to no server.
     *
     * @param note told what is no fault, and why the check waits; called by another thread, too
     */
    public static Report connected(Access access, Consumer<String> note) {
        Settings settings = access.settings();
        StartupChecks checks = new StartupChecks(settings);
        checks.kafka();
        List<String> faults = new ArrayList<>();
        List<String> unchecked = new ArrayList<>(settings.servers().keySet());
        if (registry(access, faults, note)) {
            try (LeasedServers leased =
                    LeasedServers.lease(access, settings.servers().keySet(), note)) {
                Map<String, Server> servers = new LinkedHashMap<>();
                settings.servers().keySet().forEach(name -> servers.put(name, leased.server(name)));
                checks.servers(servers, true);
                unchecked.clear();
            } catch (OperationFailedException failure) {
                faults.add(String.valueOf(failure.getMessage()));
            }
        }
        faults.addAll(0, checks.faults());
        return new Report(faults, unchecked);
    }

    /** Whether it can lease connections. */
    private static boolean registry(Access access, List<String> faults, Consumer<String> note) {
        try {
            Optional<String> outdated = access.outdatedRegistry();
            outdated.ifPresent(
                    why -> note.accept("registry: " + why + "; the next worker that starts brings them up to date"));
            return outdated.isEmpty();
        } catch (OperationFailedException failure) {
            faults.add(String.valueOf(failure.getMessage()));
            return false;
        }
    }
}
