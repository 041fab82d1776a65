package io.tenantry.worker.startup;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.intake.client.ConsumerSettings;
import io.tenantry.worker.intake.client.Topics;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.settle.ProducerSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;

/** Checks everything that a worker needs before it accepts work. Collects every fault. */
public final class StartupChecks {
    private final Settings settings;
    private final List<String> faults = new ArrayList<>();
    /** The faults of servers and databases. */
    private final List<String> later = new ArrayList<>();

    private final Map<String, Map<String, MigrationCatalog>> catalogs = new LinkedHashMap<>();
    private boolean registryAnswers;

    /** Checks nothing yet. */
    public StartupChecks(Settings settings) {
        this.settings = settings;
    }

    /** One line each, with what to do; empty if nothing is wrong. */
    public List<String> faults() {
        return Stream.concat(faults.stream(), later.stream()).toList();
    }

    /** Complete only if there are no faults. */
    public ProvenCatalogs catalogs() {
        return new ProvenCatalogs(catalogs);
    }

    /** Checks the three Kafka clients, because each has settings that the others do not know. */
    public void kafka() {
        Set<String> refusals = new LinkedHashSet<>();
        ConsumerSettings.fault(settings.kafka()).ifPresent(refusals::add);
        ProducerSettings.fault(settings.kafka()).ifPresent(refusals::add);
        try (Topics topics = new Topics(settings.kafka())) {
            faults.addAll(topics.faults());
        } catch (KafkaException invalid) {
            refusals.add(FailureMessage.of(invalid));
        }
        refusals.forEach(
                refusal -> faults.add("kafka: " + refusal + "; check kafka.bootstrap-servers and kafka.properties"));
    }

    /** Checks Kafka and the registry, and migrates the registry's tables. */
    public void beforeLeases(Registry registry) {
        kafka();
        try {
            registry.migrate();
            registryAnswers = true;
        } catch (SQLException | MigrationsRefusedException failure) {
            String advice = SqlFailure.of(failure) == SqlFailure.TRANSIENT
                    ? ""
                    : "; check registry.url (" + settings.registry().url()
                            + "), registry.user and registry.password, and that this user owns the schema tenantry there,"
                            + " or may create it";
            faults.add("registry: " + FailureMessage.of(failure) + advice);
        }
    }

    /** Whether the registry can be used, so that connections can be leased. */
    public boolean registryAnswers() {
        return registryAnswers;
    }

    /**
     * Begins to log the limits that are near, beside the caller. To be called if there are no faults.
     *
     * @param fatal called with an error after which the process must not go on
     * @return to be closed when the worker ends
     */
    public LimitLog logLimits(Registry registry, Map<String, Server> servers, Consumer<Error> fatal) {
        return new LimitLog(settings, catalogs(), registry, servers.values(), fatal);
    }

    /** Adds another fault. */
    public void fault(String fault) {
        faults.add(fault);
    }

    /**
     * Checks servers, all at once, and then databases. The findings of an earlier call are dropped.
     *
     * @param leased whether this worker has leased connections. Without a registry it has none: the start has failed
     *     then, and each server is checked on one connection beyond its cap.
     */
    public void withLeases(Map<String, Server> servers, boolean leased) {
        later.clear();
        catalogs.clear();
        later.addAll(serverFaults(servers, leased));
        settings.databases().forEach(database -> check(database, servers, leased));
    }

    /**
     * Checks servers, all at once, and nothing else.
     *
     * @param leased as in {@link #withLeases}
     */
    public void servers(Map<String, Server> servers, boolean leased) {
        later.addAll(serverFaults(servers, leased));
    }

    /** Checks all servers at once, so that several unavailable ones take no longer than one. */
    private List<String> serverFaults(Map<String, Server> servers, boolean leased) {
        ExecutorService threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "server-check");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<CompletableFuture<List<String>>> found = servers.values().stream()
                    .map(server -> CompletableFuture.supplyAsync(() -> faults(server, leased), threads))
                    .toList();
            return found.stream().flatMap(one -> one.join().stream()).toList();
        } finally {
            threads.shutdownNow();
        }
    }

    private List<String> faults(Server server, boolean leased) {
        String name = server.name();
        List<String> found = new ArrayList<>();
        try (Connection connection = leased ? server.connection() : server.connectBeyondShare()) {
            new ServerCheck(server, isolations(name)).run(connection, found);
        } catch (SQLException failure) {
            found.add("server " + name + ": " + FailureMessage.of(failure) + "; check servers." + name + ".url ("
                    + Objects.requireNonNull(settings.servers().get(name)).url()
                    + "), .user and .password, and that PostgreSQL runs there");
        }
        return found;
    }

    private Set<Isolation> isolations(String server) {
        return settings.databases().stream()
                .filter(database -> database.serverNames().contains(server))
                .map(DatabaseSettings::isolation)
                .collect(Collectors.toSet());
    }

    private void check(DatabaseSettings database, Map<String, Server> servers, boolean leased) {
        DatabaseCheck check = new DatabaseCheck(database, later);
        List<Server> its = database.serverNames().stream()
                .flatMap(name -> Stream.ofNullable(servers.get(name)))
                .toList();
        boolean answer = its.size() == database.servers().size() && its.stream().noneMatch(this::isAway);
        if (check.hasFolder() && leased && answer) {
            Map<String, MigrationCatalog> found = check.catalogs(its);
            if (!found.isEmpty()) {
                catalogs.put(database.name(), found);
            }
        }
    }

    /** Whether the server has a fault already. Flyway, which needs a connection, would report the same fault again. */
    private boolean isAway(Server server) {
        return later.stream().anyMatch(fault -> fault.startsWith("server " + server.name() + ":"));
    }
}
