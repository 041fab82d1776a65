package io.tenantry.worker.startup;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.limits.CheckedDatabase;
import io.tenantry.worker.limits.CheckedServer;
import io.tenantry.worker.limits.LimitChecks;
import io.tenantry.worker.limits.LimitFinding;
import io.tenantry.worker.limits.SamePostgres;
import io.tenantry.worker.limits.TenantLimits;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.registry.PlacementTable;
import io.tenantry.worker.registry.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a warning for each limit that is near, beside the start of a worker and on a thread of its own: whatever it finds,
 * the worker starts, and takes requests meanwhile.
 */
public final class LimitLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LimitLog.class);
    /** The work of tenants comes first. */
    private static final Duration LONGEST_WAIT_FOR_CONNECTION = Duration.ofMinutes(1);

    /** For each server: a worker with one connection to it takes no request there meanwhile. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);
    /** The size never warns. */
    private static final Set<String> LEFT_OUT = Set.of("size");

    private static final String CONNECTIONS = "connections";

    private final Settings settings;
    private final ProvenCatalogs catalogs;
    private final Registry registry;
    private final Collection<Server> servers;
    private final Consumer<Error> fatal;
    /** Used by the thread alone. */
    private final SamePostgres before = new SamePostgres();

    private final Thread thread = new Thread(this::run, "limits");
    private volatile boolean closed;

    /**
     * Starts at once.
     *
     * @param catalogs of all databases of the settings
     * @param fatal called with an error after which the process must not go on
     */
    LimitLog(
            Settings settings,
            ProvenCatalogs catalogs,
            Registry registry,
            Collection<Server> servers,
            Consumer<Error> fatal) {
        this.settings = settings;
        this.catalogs = catalogs;
        this.registry = registry;
        this.servers = List.copyOf(servers);
        this.fatal = fatal;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            Map<String, Map<String, Long>> tenants = countTenants();
            for (Server server : servers) {
                look(server, tenants);
            }
        } catch (InterruptedException stop) {
            LOG.debug("the worker ends before its limits were looked at", stop);
        } catch (OutOfMemoryError | LinkageError broken) {
            fatal.accept(broken);
            throw broken;
        } catch (RuntimeException | Error bug) {
            LOG.error("a bug: limits could not be looked at; see status --checks", bug);
        }
    }

    /** By database, then by server; without any if the registry does not answer. */
    private Map<String, Map<String, Long>> countTenants() {
        try {
            long workers = registry.countWorkers(settings.kafka().groupId());
            Map<String, Map<String, Long>> tenants = registry.inTransaction(connection -> {
                before.addRegistry(connection, workers, settings.registry().maxConnections() + 1);
                return new PlacementTable().count(connection);
            });
            log(TenantLimits.of(settings.databases(), settings.servers().keySet(), tenants));
            return tenants;
        } catch (SQLException failure) {
            tell("the tenants of the servers could not be counted: {}", FailureMessage.of(failure));
            return Map.of();
        }
    }

    /** Takes one connection of those that this worker has leased, when no work of tenants waits for it. */
    private void look(Server server, Map<String, Map<String, Long>> tenants) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        ConnectionBulkhead.Permit permit = server.bulkhead().ask(ConnectionBulkhead.Use.SWEEP);
        try {
            permit.whenHeld(held::countDown);
            if (!held.await(LONGEST_WAIT_FOR_CONNECTION.toMillis(), TimeUnit.MILLISECONDS) || !permit.isHeld()) {
                tell(
                        "server {}: its limits were not looked at, since all its connections are in use; see status --checks",
                        server.name());
                return;
            }
            measure(server, tenants);
        } finally {
            permit.end();
        }
    }

    private void measure(Server server, Map<String, Map<String, Long>> tenants) {
        try (Connection connection = server.connection()) {
            List<LimitFinding> findings = LimitChecks.of(connection, checked(server, tenants), PATIENCE, LEFT_OUT);
            // Of one that shares its PostgreSQL with nobody, ServerCheck logs the connections with more detail.
            boolean alone = before.isAlone(server.name());
            log(findings.stream()
                    .filter(finding -> !alone || !finding.check().equals(CONNECTIONS))
                    .toList());
        } catch (SQLException failure) {
            tell("server " + server.name() + ": its limits could not be looked at: {}", FailureMessage.of(failure));
        }
    }

    /** Not at the end of the worker, which closes the connections. */
    private void tell(String text, String value) {
        if (!closed) {
            LOG.info(text, value);
        }
    }

    /** Stops, and waits up to a second for a look in progress. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(LONGEST_CLOSE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private CheckedServer checked(Server server, Map<String, Map<String, Long>> tenants) {
        Map<String, MigrationCatalog> migrations = catalogs.byDatabase();
        List<CheckedDatabase> databases = new ArrayList<>();
        for (DatabaseSettings database : settings.databases()) {
            if (TenantLimits.mayHaveHomes(database, server.name(), tenants)) {
                MigrationCatalog catalog = Objects.requireNonNull(migrations.get(database.name()));
                databases.add(new CheckedDatabase(database, catalog.mayMake()));
            }
        }
        return new CheckedServer(server.name(), server.bulkhead().cap(), databases, before);
    }

    private static void log(List<LimitFinding> findings) {
        for (LimitFinding finding : findings) {
            switch (finding.level()) {
                case OK -> {}
                case WARN ->
                    LOG.warn(
                            "server {}: {}{}: {}{}: {}",
                            finding.server(),
                            finding.check(),
                            finding.database() == null ? "" : " of database " + finding.database(),
                            finding.measured(),
                            finding.limit() == null ? "" : "; the limit is " + finding.limit(),
                            finding.whatToDo());
                case UNKNOWN ->
                    LOG.info(
                            "server {}: {}: {}: {}",
                            finding.server(),
                            finding.check(),
                            finding.measured(),
                            finding.whatToDo());
            }
        }
    }
}
