package io.tenantry.worker;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.MigrationCatalog;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.intake.PollLoop;
import io.tenantry.worker.lane.Backoff;
import io.tenantry.worker.lane.Lanes;
import io.tenantry.worker.postgres.Server;
import io.tenantry.worker.postgres.SessionTimeouts;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.settle.LedgerPruning;
import io.tenantry.worker.settle.Publisher;
import io.tenantry.worker.settle.Settler;
import io.tenantry.worker.step.Fleet;
import io.tenantry.worker.step.LookUps;
import io.tenantry.worker.step.NamedDatabase;
import io.tenantry.worker.step.RequestRunner;
import io.tenantry.worker.telemetry.Health;
import io.tenantry.worker.telemetry.HttpEndpoint;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import io.tenantry.worker.telemetry.Outages;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One worker: its parts, its start and its end. */
public final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    /** After the drain: what is left is written, and the group is told. */
    private static final Duration AFTER_DRAIN = Duration.ofSeconds(15);

    private final String id = WorkerId.create();
    private final Clock clock = Clock.systemUTC();
    private final Settings settings;
    private final Consumer<Error> fatal;
    private final PrometheusMeterRegistry meterRegistry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(meterRegistry);
    private final Health health = new Health();
    private final Outages outages = new Outages(health, clock);
    private final Registry registry;
    private final Map<String, Server> servers = new LinkedHashMap<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Runnable stop = () -> {};
    private volatile boolean closing;

    /**
     * Connects to nothing yet.
     *
     * @param fatal told of an error after which the process must not go on
     */
    public Worker(Settings settings, Consumer<Error> fatal) {
        this.settings = settings;
        this.fatal = fatal;
        String applicationName = "tenantry " + id;
        this.registry = new Registry(settings.registry(), applicationName);
        SessionTimeouts timeouts = new SessionTimeouts(
                settings.worker().lockTimeout(), settings.worker().statementTimeout());
        for (ServerSettings server : settings.servers().values()) {
            servers.put(server.name(), new Server(server, timeouts, applicationName));
        }
    }

    /** Names this worker in results. */
    public String id() {
        return id;
    }

    /**
     * Checks that everything is there, and works until {@link #close}.
     *
     * @return what keeps it from working, one line each; empty after a regular end
     */
    public List<String> run() {
        StartupChecks checks = new StartupChecks(settings);
        checks.run(registry, servers);
        if (!checks.faults().isEmpty()) {
            return refuse(checks.faults());
        }
        HttpEndpoint http;
        try {
            http = new HttpEndpoint(settings.http(), meterRegistry, health);
        } catch (UncheckedIOException taken) {
            return refuse(List.of("http: " + taken.getMessage()));
        }
        try (http) {
            work(checks.catalogs(), http.address());
        } finally {
            closeConnections();
            ended.countDown();
        }
        return List.of();
    }

    private List<String> refuse(List<String> faults) {
        closeConnections();
        ended.countDown();
        return faults;
    }

    private void work(Map<String, MigrationCatalog> catalogs, InetSocketAddress http) {
        Outage registryOutage = outages.of("the registry", "requests and results wait", Health.Condition.REGISTRY);
        Outage kafkaOutage = outages.of(
                "Kafka at " + settings.kafka().bootstrapServers(), "no requests are read", Health.Condition.KAFKA);
        Outage publishOutage = outages.of(
                "the transaction coordinator of Kafka", "results wait to be published", Health.Condition.KAFKA);
        Fleet fleet = fleet(catalogs);
        try (TemplateKeeper templates = new TemplateKeeper(fleet.templates(), servers, registry, id);
                Lanes lanes = new Lanes(settings.worker().concurrency(), new Backoff(settings.retry()), fatal);
                LookUps lookUps = new LookUps(registry);
                Settler settler = new Settler(registry::settle, registryOutage, meters, source(), fatal);
                LedgerPruning pruning =
                        new LedgerPruning(registry, settings.registry().ledgerRetention(), meters, fatal);
                Publisher publisher =
                        new Publisher(settings.kafka(), settings.kafka().groupId() + "-" + id, publishOutage)) {
            RequestRunner runner = new RequestRunner(new RequestRunner.Parts(
                    fleet,
                    lookUps,
                    settler,
                    new RequestRunner.Outages(registryOutage, serverOutages()),
                    new RequestRunner.Policy(settings.worker(), settings.retry()),
                    meters,
                    clock,
                    id));
            PollLoop loop = new PollLoop(new PollLoop.Parts(
                    settings.kafka(),
                    runner::task,
                    lanes,
                    settler,
                    publisher,
                    meters,
                    new PollLoop.Alarms(kafkaOutage, health, fatal),
                    clock));
            templates.start();
            meters.lanes(lanes::active);
            stop = () -> loop.stop(settings.worker().drainTimeout());
            if (closing) {
                // It was told to stop before there was anything to be stopped.
                stop.run();
            }
            LOG.info(
                    "worker {} joins group {}; {} tenants at once, metrics and health at {}",
                    id,
                    settings.kafka().groupId(),
                    settings.worker().concurrency(),
                    http);
            loop.run();
        }
        LOG.info("worker {} has ended", id);
    }

    private String source() {
        return "/tenantry/" + URLEncoder.encode(settings.kafka().groupId(), StandardCharsets.UTF_8);
    }

    private Fleet fleet(Map<String, MigrationCatalog> catalogs) {
        List<NamedDatabase> databases = settings.databases().stream()
                .map(database -> {
                    Server server = Objects.requireNonNull(servers.get(database.server()));
                    MigrationCatalog catalog = Objects.requireNonNull(catalogs.get(database.name()));
                    return new NamedDatabase(
                            database,
                            server,
                            new Migrator(catalog),
                            TemplateKeeper.template(settings, database, server, catalog));
                })
                .toList();
        catalogs.forEach((name, catalog) -> LOG.info(
                "database {}: {} migrations, head {}",
                name,
                catalog.size(),
                catalog.head().orElse("none")));
        servers.forEach((name, server) -> meters.bulkhead(name, server.bulkhead()::available, server.bulkhead()::max));
        return new Fleet(databases, servers);
    }

    private Map<String, Outage> serverOutages() {
        Map<String, Outage> byServer = new LinkedHashMap<>();
        servers.keySet()
                .forEach(name ->
                        byServer.put(name, outages.of("server " + name, "its tenants wait", Health.Condition.SERVERS)));
        return Map.copyOf(byServer);
    }

    /** Drains, and waits for the end, a little longer than {@code worker.drain-timeout} at most. May be called again. */
    @Override
    public void close() {
        health.raise(Health.Condition.DRAINING);
        closing = true;
        stop.run();
        try {
            Duration patience = settings.worker().drainTimeout().plus(AFTER_DRAIN);
            if (!ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("worker {} did not end in {} s; it is left as it is", id, patience.toSeconds());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeConnections() {
        servers.values().forEach(Server::close);
        registry.close();
    }
}
