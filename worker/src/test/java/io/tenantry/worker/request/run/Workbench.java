package io.tenantry.worker.request.run;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tenantry.contracts.EventType;
import io.tenantry.contracts.MigrationRequested;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantCreated;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.DriftRules;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.config.RetrySettings;
import io.tenantry.worker.config.Secret;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.ServerShare;
import io.tenantry.worker.config.VerifyAfter;
import io.tenantry.worker.config.WorkerSettings;
import io.tenantry.worker.drift.check.HomeCheck;
import io.tenantry.worker.drift.record.DriftRecorder;
import io.tenantry.worker.drift.verify.VerifiedHomes;
import io.tenantry.worker.engine.Migrator;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.proof.PlanVerifier;
import io.tenantry.worker.engine.reference.KeptReferences;
import io.tenantry.worker.lane.Backoff;
import io.tenantry.worker.lane.Lanes;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.lane.Waits;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.drift.DriftTable;
import io.tenantry.worker.registry.drift.ReferenceTable;
import io.tenantry.worker.request.Fleet;
import io.tenantry.worker.request.HomeServer;
import io.tenantry.worker.request.NamedDatabase;
import io.tenantry.worker.request.Outcomes;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RequestOutcome;
import io.tenantry.worker.request.RolloutRequests;
import io.tenantry.worker.scenario.RegistryTemplate;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.PostgresServer;
import io.tenantry.worker.telemetry.Meters;
import io.tenantry.worker.telemetry.Outage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * What lies between Kafka and PostgreSQL, with a registry and a server for tenants: requests go in, results come out. Three
 * attempts, a millisecond apart.
 */
final class Workbench implements AutoCloseable {
    static final int ATTEMPTS = 3;

    /** {@code ce_source} of the requests of rollouts. */
    static final String ROLLOUTS = "/tenantry/bench";

    private final PostgresServer postgres = DevStack.shared().postgres();
    private final String tenants = "bench_" + UUID.randomUUID().toString().replace("-", "");
    private final String control = tenants + "_control";
    private final Path folder;
    private final int connections;
    private final SessionTimeouts timeouts;
    private final Registry registry;
    private final LookupBatcher lookups;
    private final PlacementBatcher placing;
    private final Outcomes outcomes = new Register();
    private final Map<String, CompletableFuture<TenantResult>> results = new ConcurrentHashMap<>();
    private final Map<WaitReason, AtomicLong> waits = new ConcurrentHashMap<>();
    private final Waits waiting = new Waits(
            reason -> waits.computeIfAbsent(reason, none -> new AtomicLong()).incrementAndGet());
    private final Lanes lanes;
    private final Server server;
    private final Outage serverOutage =
            new Outage("server main", "its tenants wait", Clock.systemUTC(), System::nanoTime, away -> {});
    private final Outage registryOutage =
            new Outage("the registry", "requests wait", Clock.systemUTC(), System::nanoTime, away -> {});
    private final AtomicLong offsets = new AtomicLong();
    /** Added to the clock of activities. */
    private final AtomicLong later = new AtomicLong();

    private final RolloutActivities activities =
            new RolloutActivities(new RolloutRequests(ROLLOUTS), () -> "bench", () -> System.nanoTime() + later.get());
    private Isolation isolation = Isolation.SCHEMA;
    private VerifyAfter verifyAfter = VerifyAfter.NEVER;

    Workbench() throws IOException, SQLException {
        this(4, new SessionTimeouts(Duration.ofSeconds(2), Duration.ZERO));
    }

    Workbench(int connections, SessionTimeouts timeouts) throws IOException, SQLException {
        this.connections = connections;
        this.timeouts = timeouts;
        folder = Files.createTempDirectory("bench-test");
        postgres.createDatabase(tenants);
        RegistryTemplate.copyTo(postgres, control);
        registry = new Registry(
                new RegistrySettings(
                        postgres.jdbcUrl(control),
                        postgres.user(),
                        new Secret(postgres.password()),
                        4,
                        Duration.ofDays(1)),
                "bench");
        lookups = new LookupBatcher(registry);
        placing = new PlacementBatcher(registry);
        server = new Server(
                new ServerSettings(
                        "main",
                        postgres.jdbcUrl(tenants),
                        postgres.user(),
                        new Secret(postgres.password()),
                        connections),
                timeouts,
                "bench");
        lanes = new Lanes(connections + 1, new Backoff(retry()), waiting, error -> {});
    }

    /** Homes are databases from now on. */
    Workbench inDatabases() {
        isolation = Isolation.DATABASE;
        return this;
    }

    /** Which homes are compared from now on. */
    Workbench verifying(VerifyAfter which) {
        verifyAfter = which;
        return this;
    }

    private static RetrySettings retry() {
        return new RetrySettings(ATTEMPTS, Duration.ofMillis(1), Duration.ofMillis(2), null);
    }

    /** Adds or replaces a script. */
    Workbench with(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
        return this;
    }

    Workbench without(String name) throws IOException {
        Files.delete(folder.resolve(name));
        return this;
    }

    /** A worker that has started with the scripts that are there now, and with these migrations in Java. */
    Release release(String... javaMigrations) throws IOException {
        MigrationCatalog read = FlywayEngine.load("users", folder, List.of(javaMigrations), server.dataSource());
        return new Release(
                isolation == Isolation.SCHEMA
                        ? read.with(PlanVerifier.verify(read, server, Set.of(), warning -> {})
                                .plans())
                        : read.with(
                                PlanVerifier.read(read, server, warning -> {}).plans()));
    }

    /** The same without plans. */
    Release releaseWithoutPlans(String... javaMigrations) throws IOException {
        MigrationCatalog read = FlywayEngine.load("users", folder, List.of(javaMigrations), server.dataSource());
        return new Release(
                read.with(PlanVerifier.read(read, server, warning -> {}).plans()));
    }

    Registry registry() {
        return registry;
    }

    RolloutActivities activities() {
        return activities;
    }

    /** What requests of rollouts do now has lasted longer by this. */
    void letActivitiesLast(Duration longer) {
        later.addAndGet(longer.toNanos());
    }

    Server server() {
        return server;
    }

    /** How many waits have begun for this reason. */
    long waits(WaitReason reason) {
        return waits.getOrDefault(reason, new AtomicLong()).get();
    }

    /** How many wait now for this reason. */
    int waiting(WaitReason reason) {
        return waiting.count(reason);
    }

    boolean serverIsAway() {
        return serverOutage.since().isPresent();
    }

    String database() {
        return tenants;
    }

    Connection connect() throws SQLException {
        return postgres.connect(tenants);
    }

    void execute(String sql) throws SQLException {
        execute(tenants, sql);
    }

    void execute(String database, String sql) throws SQLException {
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of all rows. */
    List<String> query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> column = new ArrayList<>();
            while (row.next()) {
                column.add(String.valueOf(row.getString(1)));
            }
            return column;
        }
    }

    /** Runs SQL in the registry. */
    void executeInRegistry(String sql) throws SQLException {
        execute(control, sql);
    }

    /** Where a tenant's own database is. */
    String databaseOf(String tenant) {
        return tenants + "_" + tenant;
    }

    /** A release of the migrations, and those that run it. */
    final class Release {
        private final RequestContext context;

        private Release(MigrationCatalog catalog) {
            DatabaseSettings settings = new DatabaseSettings(
                    "users",
                    List.of(new ServerShare("main", OptionalInt.empty())),
                    isolation,
                    isolation == Isolation.SCHEMA ? "tenant_{tenant}" : databaseOf("{tenant}"),
                    folder,
                    List.of(),
                    false,
                    Set.of(),
                    new DriftRules(verifyAfter, List.of()));
            NamedDatabase database =
                    new NamedDatabase(settings, List.of(new HomeServer(server, new Migrator(catalog), null)));
            HomeCheck check = new HomeCheck(
                    catalog, new KeptReferences(catalog, server, Set.of(), new ReferenceTable(registry)), List.of());
            VerifiedHomes verification = new VerifiedHomes(
                    List.of(settings),
                    home -> Optional.of(check),
                    new DriftRecorder(new DriftTable(registry, "bench", "/bench"), "bench"));
            context = new RequestContext(new RequestContext.Parts(
                    new Fleet(List.of(database), Map.of("main", server)),
                    lookups,
                    placing,
                    outcomes,
                    activities,
                    verification,
                    new RequestContext.Outages(registryOutage, Map.of("main", serverOutage)),
                    new RequestContext.Policy(
                            new WorkerSettings(
                                    connections,
                                    Duration.ZERO,
                                    Duration.ZERO,
                                    Duration.ZERO,
                                    timeouts.lock(),
                                    timeouts.statement()),
                            retry()),
                    new Meters(new SimpleMeterRegistry()),
                    Clock.systemUTC(),
                    System::nanoTime,
                    "bench"));
        }

        CompletableFuture<TenantResult> signUp(String tenant) {
            return submit(new TenantCreated(tenant, List.of(), Map.of()), () -> false);
        }

        CompletableFuture<TenantResult> migrate(String tenant) {
            return migrate(tenant, () -> false);
        }

        CompletableFuture<TenantResult> migrate(String tenant, BooleanSupplier signupParked) {
            return submit(new MigrationRequested(tenant, null, List.of(), "latest", null, 1), signupParked);
        }

        /** @param source {@code ce_source} of the request, which carries the name of a rollout */
        CompletableFuture<TenantResult> migrateForRollout(String tenant, String id, String source) {
            return submit(
                    new MigrationRequested(tenant, null, List.of(), "latest", "spring", 1), () -> false, id, source);
        }

        private CompletableFuture<TenantResult> submit(TenantRequest data, BooleanSupplier signupParked) {
            return submit(data, signupParked, Long.toString(offsets.incrementAndGet()), "/bench");
        }

        private CompletableFuture<TenantResult> submit(
                TenantRequest data, BooleanSupplier signupParked, String id, String source) {
            CompletableFuture<TenantResult> result = new CompletableFuture<>();
            results.put(id, result);
            String type =
                    (data instanceof TenantCreated ? EventType.TENANT_CREATED : EventType.MIGRATION_REQUESTED).type();
            Request request = new Request(
                    new RequestRef(id, source, type, "requests", 0, offsets.incrementAndGet()),
                    data,
                    null,
                    System.nanoTime());
            request.signupParked(signupParked);
            lanes.submit(context.task(request));
            return result;
        }
    }

    /** Registers what became of requests at once. */
    private final class Register implements Outcomes {
        @Override
        public void finished(Request request, RequestOutcome outcome) {
            try {
                registry.settle(List.of(), List.of(outcome.registration()), List.of());
            } catch (SQLException failure) {
                unanswerable(request, failure);
                return;
            }
            if (!resultOf(request).complete(outcome.result())) {
                throw new AssertionError("a second result of " + request.ref());
            }
        }

        private CompletableFuture<TenantResult> resultOf(Request request) {
            return Objects.requireNonNull(results.get(request.ref().id()));
        }

        @Override
        public void answeredBefore(Request request, Recorded recorded) {
            unanswerable(request, new AssertionError("nothing was answered before"));
        }

        @Override
        public void unanswerable(Request request, Throwable bug) {
            resultOf(request).completeExceptionally(bug);
        }

        @Override
        public CompletableFuture<Void> whenWritten(String key) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void abandoned(Request request) {
            resultOf(request).cancel(false);
        }
    }

    @Override
    public void close() throws Exception {
        lanes.drain();
        lanes.close();
        lookups.close();
        placing.close();
        server.close();
        registry.close();
        List<String> databases = query("SELECT datname FROM pg_database WHERE starts_with(datname, '" + tenants + "')");
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            for (String database : databases) {
                statement.execute("DROP DATABASE IF EXISTS \"" + database + "\" WITH (FORCE)");
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
