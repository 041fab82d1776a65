package io.tenantry.worker.startup;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.limits.CheckedDatabase;
import io.tenantry.worker.limits.CheckedServer;
import io.tenantry.worker.limits.LimitChecks;
import io.tenantry.worker.limits.LimitFinding;
import io.tenantry.worker.limits.LimitFinding.Level;
import io.tenantry.worker.limits.TenantLimits;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.registry.PlacementTable;
import io.tenantry.worker.registry.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs a warning for each limit that is near, when a worker starts; whatever it finds, the worker starts. */
final class LimitLog {
    private static final Logger LOG = LoggerFactory.getLogger(LimitLog.class);
    /** For all servers together: a worker that starts has requests waiting. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** {@link ServerCheck} logs the connections with more detail; the size takes long with many files, and never warns. */
    private static final Set<String> LEFT_OUT = Set.of("connections", "size");

    private final Settings settings;
    private final ProvenCatalogs catalogs;

    /** @param catalogs of all databases of the settings */
    LimitLog(Settings settings, ProvenCatalogs catalogs) {
        this.settings = settings;
        this.catalogs = catalogs;
    }

    /** Measures and logs; takes one connection after another, of those that this worker has leased. */
    void write(Registry registry, Map<String, Server> servers) {
        try {
            log(TenantLimits.of(settings.databases(), registry.inTransaction(new PlacementTable()::count)));
        } catch (SQLException failure) {
            LOG.info("the tenants of the servers could not be counted: {}", FailureMessage.of(failure));
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (Server server : servers.values()) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (left.isNegative()) {
                LOG.info(
                        "server {}: its limits were not looked at, since that took long; see status --checks",
                        server.name());
                continue;
            }
            try (Connection connection = server.connection()) {
                log(LimitChecks.of(connection, checked(server), left, LEFT_OUT));
            } catch (SQLException failure) {
                LOG.info("server {}: its limits could not be looked at: {}", server.name(), FailureMessage.of(failure));
            }
        }
    }

    private CheckedServer checked(Server server) {
        List<CheckedDatabase> databases = settings.databases().stream()
                .filter(database -> database.serverNames().contains(server.name()))
                .map(database -> checked(database, server))
                .toList();
        return new CheckedServer(server.name(), server.bulkhead().cap(), databases);
    }

    private CheckedDatabase checked(DatabaseSettings database, Server server) {
        return new CheckedDatabase(database, catalogs.on(database.name(), server.name())::mayMake);
    }

    private static void log(List<LimitFinding> findings) {
        for (LimitFinding finding : findings) {
            if (finding.level() == Level.WARN) {
                LOG.warn(
                        "server {}: {}{}: {}{}: {}",
                        finding.server(),
                        finding.check(),
                        finding.database() == null ? "" : " of database " + finding.database(),
                        finding.measured(),
                        finding.limit() == null ? "" : "; the limit is " + finding.limit(),
                        finding.whatToDo());
            }
        }
    }
}
