package io.tenantry.worker;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.intake.client.TransactionProbe;
import io.tenantry.worker.postgres.connection.LaneThreads;
import io.tenantry.worker.postgres.connection.Lease;
import io.tenantry.worker.postgres.connection.ReceiveBudget;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.telemetry.Health;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import io.tenantry.worker.telemetry.OutageProbe;
import io.tenantry.worker.telemetry.OutageProbes;
import io.tenantry.worker.telemetry.Outages;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

/** What a worker has from its start to its end. Connects to nothing before it is used. Safe for use by many threads. */
final class Resources {
    private final String id = WorkerId.create();
    private final Clock clock = Clock.systemUTC();
    private final PrometheusMeterRegistry meterRegistry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(meterRegistry);
    private final Health health = new Health();
    private final Settings settings;
    private final IntUnaryOperator random;
    private final Registry registry;
    private final Lease lease = new Lease("tenantry " + id);
    private final LaneThreads threads;
    private final Map<String, Server> servers = new LinkedHashMap<>();
    private final Outages outages = new Outages(health, clock, System::nanoTime);
    private final Outage registryOutage;
    private final Outage kafkaOutage;
    private final Outage publishOutage;
    private final Map<String, Outage> serverOutages = new LinkedHashMap<>();

    Resources(Settings settings, IntUnaryOperator random) {
        this.settings = settings;
        this.random = random;
        // Not the name of the servers' sessions, which others end when the worker is dead; it may be the same
        // PostgreSQL.
        this.registry = new Registry(settings.registry(), "tenantry-registry " + id);
        int concurrency = settings.worker().concurrency();
        this.threads = new LaneThreads(concurrency, settings.servers().keySet());
        SessionTimeouts timeouts = new SessionTimeouts(
                settings.worker().lockTimeout(), settings.worker().statementTimeout());
        ReceiveBudget budget = ReceiveBudget.ofHeap(Runtime.getRuntime().maxMemory(), concurrency);
        for (ServerSettings server : settings.servers().values()) {
            servers.put(server.name(), new Server(server, timeouts, lease, threads, budget));
        }
        this.registryOutage = outages.of("the registry", "requests and results wait", Health.Condition.REGISTRY);
        this.kafkaOutage = outages.of(
                "Kafka at " + settings.kafka().bootstrapServers(), "no requests are read", Health.Condition.KAFKA);
        this.publishOutage = outages.of(
                "the transaction coordinator of Kafka", "results wait to be published", Health.Condition.KAFKA);
        for (String server : servers.keySet()) {
            serverOutages.put(server, outages.of("server " + server, "its tenants wait", Health.Condition.SERVERS));
        }
        Measurements.begin(this, meterRegistry);
    }

    /** Names this worker in results, sessions and transactions. */
    String id() {
        return id;
    }

    Settings settings() {
        return settings;
    }

    /** A number from 0 to below its argument, for samples. */
    IntUnaryOperator random() {
        return random;
    }

    /** For times that are shown. */
    Clock clock() {
        return clock;
    }

    PrometheusMeterRegistry meterRegistry() {
        return meterRegistry;
    }

    Meters meters() {
        return meters;
    }

    Health health() {
        return health;
    }

    Registry registry() {
        return registry;
    }

    /** The right to use the servers' connections. */
    Lease lease() {
        return lease;
    }

    LaneThreads threads() {
        return threads;
    }

    /** By name, in the configured order. */
    Map<String, Server> servers() {
        return servers;
    }

    Outage registryOutage() {
        return registryOutage;
    }

    Outage kafkaOutage() {
        return kafkaOutage;
    }

    Outage publishOutage() {
        return publishOutage;
    }

    /** By server. */
    Map<String, Outage> serverOutages() {
        return serverOutages;
    }

    /** Names this worker's transactions. */
    String transactionalId() {
        return settings.kafka().groupId() + "-" + id;
    }

    /**
     * Starts to probe what is away when no request tries it. That Kafka cannot be read is not probed: the poll thread
     * tries all the time.
     */
    OutageProbes probeOutages(Consumer<Error> fatal) {
        OutageProbes probes = new OutageProbes(fatal);
        serverOutages.forEach(
                (name, outage) -> probes.add(outage, new ServerProbe(Objects.requireNonNull(servers.get(name)))));
        probes.add(
                registryOutage,
                () -> registry.whyUnusable()
                        .<OutageProbe.Answer>map(OutageProbe.Answer.Away::new)
                        .orElseGet(OutageProbe.Answer.Back::new));
        probes.add(publishOutage, new TransactionProbe(settings.kafka(), transactionalId()));
        probes.start();
        return probes;
    }

    /** Ends all outages, because no request tries any more. */
    void forgetOutages() {
        outages.forget();
    }

    /** Ends what measures. */
    void closeMeters() {
        meters.libraries().close();
    }

    /** Closes the connections to the servers. The registry is closed later, after the leases, which need it. */
    void closeServers() {
        servers.values().forEach(Server::close);
    }
}
