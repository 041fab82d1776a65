package io.tenantry.worker.startup;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationsRefusedException;
import io.tenantry.worker.engine.proof.PlanVerification;
import io.tenantry.worker.engine.proof.PlanVerifier;
import io.tenantry.worker.engine.proof.VerificationLog;
import io.tenantry.worker.intake.client.ConsumerSettings;
import io.tenantry.worker.intake.client.Topics;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.settle.ProducerSettings;
import java.io.IOException;
import java.nio.file.Files;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;

/** Checks everything that a worker needs before it accepts work. Collects every fault. */
public final class StartupChecks {
    private final Settings settings;
    private final List<String> faults = new ArrayList<>();
    /** The faults of servers and databases. */
    private final List<String> later = new ArrayList<>();

    private final Map<String, MigrationCatalog> catalogs = new LinkedHashMap<>();
    private boolean registryAnswers;

    /** Checks nothing yet. */
    public StartupChecks(Settings settings) {
        this.settings = settings;
    }

    /** One line each, with what to do; empty if nothing is wrong. */
    public List<String> faults() {
        return Stream.concat(faults.stream(), later.stream()).toList();
    }

    /** By database; complete only if there are no faults. */
    public Map<String, MigrationCatalog> catalogs() {
        return Map.copyOf(catalogs);
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
        String key = "databases." + database.name();
        Server server = servers.get(database.firstServer());
        if (!Files.isDirectory(database.migrations())) {
            later.add(key + ".migrations: there is no folder "
                    + database.migrations().toAbsolutePath()
                    + "; create it, or name the folder with the migrations of this database");
            return;
        }
        if (server == null || !leased || isAway(server)) {
            return;
        }
        try {
            MigrationCatalog catalog = FlywayEngine.load(
                            database.name(), database.migrations(), database.javaMigrations(), server.dataSource())
                    .outOfOrder(database.outOfOrder());
            if (catalog.size() == 0) {
                later.add(key + ".migrations: " + database.migrations().toAbsolutePath()
                        + " holds no migration; they are named like V1__what_it_does.sql");
            }
            List<String> unknown = catalog.unknown(database.allow());
            if (unknown.isEmpty()) {
                catalogs.put(database.name(), planned(database, catalog, server));
            } else {
                later.add(key + ".allow = " + String.join(", ", unknown) + ": no migration of "
                        + database.migrations().toAbsolutePath()
                        + " has this name; give names as they stand in the column script of flyway_schema_history,"
                        + " folders included");
            }
        } catch (IOException | MigrationsRefusedException failure) {
            later.add(key + ".migrations: " + FailureMessage.of(failure) + "; correct the files in "
                    + database.migrations().toAbsolutePath());
        }
    }

    /** The trials use a schema, so their plans are used for schemas only; all other homes go through Flyway. */
    private static MigrationCatalog planned(DatabaseSettings database, MigrationCatalog catalog, Server server) {
        if (catalog.size() == 0) {
            return catalog;
        }
        VerificationLog log = new VerificationLog(catalog.database(), catalog.size());
        PlanVerification verification = database.isolation() == Isolation.SCHEMA
                ? PlanVerifier.verify(catalog, server, database.allow(), log::warn)
                : PlanVerifier.read(catalog, server, log::warn);
        log.write(verification);
        return catalog.with(verification.plans());
    }

    /** Whether the server has a fault already. Flyway, which needs a connection, would report the same fault again. */
    private boolean isAway(Server server) {
        return later.stream().anyMatch(fault -> fault.startsWith("server " + server.name() + ":"));
    }
}
