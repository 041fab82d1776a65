package io.tenantry.worker;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.housekeeping.LedgerPruning;
import io.tenantry.worker.housekeeping.TemplateKeeper;
import io.tenantry.worker.intake.MemoryLimits;
import io.tenantry.worker.intake.PollLoop;
import io.tenantry.worker.lane.Backoff;
import io.tenantry.worker.lane.Lanes;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.lane.Waits;
import io.tenantry.worker.postgres.connection.LaneThreads;
import io.tenantry.worker.postgres.connection.Lease;
import io.tenantry.worker.postgres.connection.ReceiveBudget;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.lease.LeaseTerms;
import io.tenantry.worker.registry.lease.Leases;
import io.tenantry.worker.request.Fleet;
import io.tenantry.worker.request.NamedDatabase;
import io.tenantry.worker.request.run.LookupBatcher;
import io.tenantry.worker.request.run.RequestContext;
import io.tenantry.worker.settle.Publisher;
import io.tenantry.worker.settle.RegistryStore;
import io.tenantry.worker.settle.Settler;
import io.tenantry.worker.startup.StartupChecks;
import io.tenantry.worker.telemetry.Health;
import io.tenantry.worker.telemetry.HttpEndpoint;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import io.tenantry.worker.telemetry.Outages;
import java.io.UncheckedIOException;
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
    /** A full group has no room until somebody leaves. */
    private static final Duration FIRST_REJOIN = Duration.ofSeconds(1);

    private static final Duration LONGEST_REJOIN = Duration.ofMinutes(1);

    private static final Duration FOR_EVER = Duration.ofDays(36500);
    /** For connections that are only to find out what else is wrong. */
    private static final Duration PATIENCE_IN_VAIN = Duration.ofSeconds(5);

    private final String id = WorkerId.create();
    private final Clock clock = Clock.systemUTC();
    private final Settings settings;
    private final Consumer<Error> fatal;
    private final PrometheusMeterRegistry meterRegistry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(meterRegistry);
    private final Health health = new Health();
    private final Outages outages = new Outages(health, clock, System::nanoTime);
    private final Outage registryOutage;
    private final Outage kafkaOutage;
    private final Outage publishOutage;
    private final Map<String, Outage> serverOutages;
    private final Registry registry;
    private final Map<String, Server> servers = new LinkedHashMap<>();
    private final LaneThreads threads;
    private final Lease lease;
    private final Leases leases;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Runnable stop = () -> {};
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean expelled;
    private Duration rejoinAfter = FIRST_REJOIN;
    private volatile boolean closed;
    /** Other workers need to do this one's work, until it has connections again. */
    private volatile boolean seatLost;
    /** Its connections were taken away since this was set to false. */
    private volatile boolean shareTaken;

    /**
     * Connects to nothing yet.
     *
     * @param fatal told of an error after which the process must not go on
     */
    public Worker(Settings settings, Consumer<Error> fatal) {
        this(settings, fatal, LeaseTerms.standard());
    }

    Worker(Settings settings, Consumer<Error> fatal, LeaseTerms terms) {
        this.settings = settings;
        this.fatal = fatal;
        // Another name, since the sessions of a dead worker are ended by theirs; it may be the same PostgreSQL.
        this.registry = new Registry(settings.registry(), "tenantry-registry " + id);
        this.lease = new Lease("tenantry " + id);
        this.threads = new LaneThreads(
                settings.worker().concurrency(), settings.servers().keySet());
        SessionTimeouts timeouts = new SessionTimeouts(
                settings.worker().lockTimeout(), settings.worker().statementTimeout());
        ReceiveBudget budget = ReceiveBudget.ofHeap(
                Runtime.getRuntime().maxMemory(), settings.worker().concurrency());
        for (ServerSettings server : settings.servers().values()) {
            servers.put(server.name(), new Server(server, timeouts, lease, threads, budget));
        }
        this.registryOutage = outages.of("the registry", "requests and results wait", Health.Condition.REGISTRY);
        this.kafkaOutage = outages.of(
                "Kafka at " + settings.kafka().bootstrapServers(), "no requests are read", Health.Condition.KAFKA);
        this.publishOutage = outages.of(
                "the transaction coordinator of Kafka", "results wait to be published", Health.Condition.KAFKA);
        this.serverOutages = serverOutages();
        this.leases = new Leases(registry, settings.kafka().groupId(), lease, servers, terms, new Share());
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
        try {
            checks.beforeLeases(registry);
            try (HttpEndpoint http = new HttpEndpoint(settings.http(), meterRegistry, health)) {
                LOG.info("worker {} starts, metrics and health at {}", id, http.address());
                workWhenChecked(checks);
            } catch (UncheckedIOException taken) {
                checks.fault("http: " + taken.getMessage());
                lease(checks);
            }
            return closed ? List.of() : checks.faults();
        } finally {
            end();
        }
    }

    private void workWhenChecked(StartupChecks checks) {
        // They may have been lost while the checks went on.
        if (!lease(checks) || !leases.await(FOR_EVER)) {
            return;
        }
        do {
            expelled = false;
            work(checks.catalogs());
            health.ready(false);
        } while (rejoinPause() && leases.await(FOR_EVER));
    }

    /** Before a new consumer joins where the last one was expelled; false if it shall not. */
    private boolean rejoinPause() {
        if (!expelled) {
            rejoinAfter = FIRST_REJOIN;
            return true;
        }
        LOG.error(
                "worker {} is no member of group {} any more, for the reason above; it joins again in {} s",
                id,
                settings.kafka().groupId(),
                rejoinAfter.toSeconds());
        try {
            if (closing.await(rejoinAfter.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
        Duration next = rejoinAfter.multipliedBy(2);
        rejoinAfter = next.compareTo(LONGEST_REJOIN) < 0 ? next : LONGEST_REJOIN;
        return true;
    }

    /** Takes a share of the servers' connections, waits for it if need be, and uses it to check the servers. */
    private boolean lease(StartupChecks checks) {
        boolean leased = false;
        Duration patience = checks.faults().isEmpty() ? FOR_EVER : PATIENCE_IN_VAIN;
        if (checks.registryAnswers()) {
            leases.start();
            leased = leases.await(patience);
        }
        if (leased) {
            checkServers(checks, patience);
        } else if (!checks.registryAnswers()) {
            checks.withLeases(servers, false);
        }
        return leased && checks.faults().isEmpty();
    }

    /** What fails because the connections were taken away says nothing about servers and scripts: it is checked again. */
    private void checkServers(StartupChecks checks, Duration patience) {
        boolean lost;
        do {
            shareTaken = false;
            checks.withLeases(servers, true);
            lost = (shareTaken || !lease.holds()) && !closed;
            if (lost) {
                LOG.warn(
                        "worker {} lost its connections while it checked servers and migrations; it checks them again when"
                                + " it has connections",
                        id);
            }
        } while (lost && leases.await(patience));
    }

    private void end() {
        servers.values().forEach(Server::close);
        leases.close();
        registry.close();
        ended.countDown();
    }

    private void work(Map<String, MigrationCatalog> catalogs) {
        Fleet fleet = fleet(catalogs);
        Waits waits = new Waits(reason -> meters.waitBegun(reason.tag()));
        try (TemplateKeeper templates = new TemplateKeeper(fleet.templates(), servers, registry, id, fatal);
                Lanes lanes = new Lanes(threads.count(), new Backoff(settings.retry()), waits, fatal);
                LookupBatcher lookups = new LookupBatcher(registry);
                Settler settler = new Settler(
                        new RegistryStore(registry), registryOutage, meters, source(), lanes::isSaturated, fatal);
                LedgerPruning pruning =
                        new LedgerPruning(registry, settings.registry().ledgerRetention(), meters, fatal);
                Publisher publisher =
                        new Publisher(settings.kafka(), settings.kafka().groupId() + "-" + id, publishOutage)) {
            RequestContext context = new RequestContext(new RequestContext.Parts(
                    fleet,
                    lookups,
                    settler,
                    new RequestContext.Outages(registryOutage, serverOutages),
                    new RequestContext.Policy(settings.worker(), settings.retry()),
                    meters,
                    clock,
                    System::nanoTime,
                    id));
            PollLoop loop = new PollLoop(new PollLoop.Parts(
                    settings.kafka(),
                    context::task,
                    context::servers,
                    MemoryLimits.of(Runtime.getRuntime().maxMemory(), servers.size()),
                    lanes,
                    settler,
                    publisher,
                    meters,
                    new PollLoop.Alarms(
                            kafkaOutage,
                            health,
                            () -> {
                                expelled = true;
                                stop.run();
                            },
                            fatal),
                    System::nanoTime));
            templates.start();
            meters.lanes(lanes::active);
            for (WaitReason reason : WaitReason.values()) {
                meters.waiting(reason.tag(), () -> waits.count(reason));
            }
            stop = () -> loop.stop(settings.worker().drainTimeout());
            if (closed || seatLost) {
                // It was told to stop before there was anything to be stopped.
                stop.run();
            }
            LOG.info(
                    "worker {} joins group {}; {} tenants at once",
                    id,
                    settings.kafka().groupId(),
                    threads.count());
            loop.run();
        } finally {
            stop = () -> {};
            outages.forget();
        }
        LOG.info("worker {} has ended", id);
    }

    private final class Share implements Leases.Listener {
        @Override
        public void holds(boolean connections) {
            if (connections) {
                seatLost = false;
                health.clear(Health.Condition.CONNECTIONS);
            } else {
                shareTaken = true;
                health.raise(Health.Condition.CONNECTIONS);
            }
        }

        @Override
        public void seatLost() {
            LOG.warn(
                    "worker {} leaves group {} until it has connections again",
                    id,
                    settings.kafka().groupId());
            // In this order: a worker that starts looks at it when there is something to be stopped.
            seatLost = true;
            stop.run();
        }
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
        servers.forEach((name, server) -> meters.bulkhead(
                name,
                server.bulkhead()::available,
                server.bulkhead()::max,
                server::connections,
                server.bulkhead().cap()));
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
        closed = true;
        closing.countDown();
        leases.cancel();
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
}
