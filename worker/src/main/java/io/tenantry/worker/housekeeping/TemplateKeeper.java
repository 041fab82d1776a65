package io.tenantry.worker.housekeeping;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.template.TemplateDatabase;
import io.tenantry.worker.postgres.connection.ConnectionBulkhead;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.registry.KnownTemplate;
import io.tenantry.worker.registry.Registry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates templates before the first signup needs them, and removes those that no worker uses any more. A failure is
 * harmless: without a template, a database is migrated from the beginning.
 */
public final class TemplateKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateKeeper.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    /** Longer than it takes to create a template. */
    private static final Duration UNFINISHED = Duration.ofMinutes(10);

    private final List<TemplateDatabase> templates;
    private final Map<String, Server> servers;
    private final Registry registry;
    private final String worker;
    private final Consumer<Error> fatal;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "templates");
        thread.setDaemon(true);
        return thread;
    });

    private @Nullable ScheduledFuture<?> rounds;

    /**
     * Starts nothing yet.
     *
     * @param servers by name, including those without templates: other releases may have left some there
     * @param fatal called with an error after which the process must not go on
     */
    public TemplateKeeper(
            List<TemplateDatabase> templates,
            Map<String, Server> servers,
            Registry registry,
            String worker,
            Consumer<Error> fatal) {
        this.fatal = fatal;
        this.templates = List.copyOf(templates);
        this.servers = Map.copyOf(servers);
        this.registry = registry;
        this.worker = worker;
    }

    /** The template of a configured database; null if its tenants' databases are created without one. */
    public static @Nullable TemplateDatabase template(
            Settings settings, DatabaseSettings database, Server server, MigrationCatalog catalog) {
        if (database.isolation() != Isolation.DATABASE) {
            return null;
        }
        if (!catalog.isSameForAll()) {
            LOG.info(
                    "database {}: its migrations depend on the tenant or on the name of the database, so there is no template;"
                            + " each new tenant's database is migrated from the beginning",
                    database.name());
            return null;
        }
        String user =
                Objects.requireNonNull(settings.servers().get(server.name())).user();
        return new TemplateDatabase(server, catalog, settings.kafka().groupId() + '\0' + user);
    }

    /** Creates the missing templates before it returns; then keeps all templates up to date, at intervals. */
    public void start() {
        round();
        rounds = executor.scheduleWithFixedDelay(
                this::round, INTERVAL.toSeconds(), INTERVAL.toSeconds(), TimeUnit.SECONDS);
    }

    private void round() {
        try {
            // Before they are created: from here on no other worker removes them.
            registry.useTemplates(
                    worker,
                    templates.stream()
                            .map(template -> new KnownTemplate(template.server().name(), template.name(), true))
                            .toList());
            templates.forEach(template -> on(template.server(), template.name(), template::make));
            for (KnownTemplate known : registry.templates()) {
                Server server = servers.get(known.server());
                if (server != null) {
                    on(server, known.template(), () -> cleanUp(server, known));
                }
            }
        } catch (OutOfMemoryError | LinkageError broken) {
            fatal.accept(broken);
            throw broken;
        } catch (SQLException | RuntimeException | Error failure) {
            LOG.warn("the templates could not be checked; the next attempt is in a minute", failure);
        }
    }

    private void cleanUp(Server server, KnownTemplate known) throws SQLException {
        TemplateDatabase.dropUnfinished(server, known.template(), UNFINISHED);
        if (!known.used()) {
            TemplateDatabase.drop(server, known.template());
        }
        registry.forgetTemplate(known);
    }

    private interface Work {
        void run() throws SQLException;
    }

    /** Tenants come first: without a free connection the template is left for the next round. */
    private static void on(Server server, String template, Work work) {
        ConnectionBulkhead.Permit permit = server.bulkhead().ask(ConnectionBulkhead.Use.TEMPLATE);
        if (!permit.isHeld()) {
            permit.end();
            LOG.debug("server {} is busy; template {} is checked later", server.name(), template);
            return;
        }
        try {
            work.run();
        } catch (OutOfMemoryError | LinkageError broken) {
            throw broken;
        } catch (SQLException | MigrationsRefusedException failure) {
            warn(server, template, String.valueOf(failure.getMessage()), null);
        } catch (RuntimeException | Error failure) {
            // A migration in Java may throw anything; the other templates are created nevertheless.
            warn(server, template, failure.toString(), failure);
        } finally {
            permit.end();
        }
    }

    private static void warn(Server server, String template, String reason, @Nullable Throwable trace) {
        LOG.warn(
                "template {} on server {}: {}; until it exists, the databases of new tenants are migrated from the beginning",
                template,
                server.name(),
                reason.lines().map(String::strip).collect(Collectors.joining(" ")),
                trace);
    }

    @Override
    public void close() {
        if (rounds != null) {
            rounds.cancel(false);
        }
        executor.shutdownNow();
    }
}
