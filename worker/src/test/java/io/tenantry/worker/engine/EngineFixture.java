package io.tenantry.worker.engine;

import io.tenantry.worker.config.Secret;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.engine.proof.PlanVerification;
import io.tenantry.worker.engine.proof.PlanVerifier;
import io.tenantry.worker.engine.proof.VerificationLog;
import io.tenantry.worker.postgres.connection.ReceiveBudget;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.HomeState;
import io.tenantry.worker.postgres.home.LockedHome;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.PostgresServer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.flywaydb.core.api.output.ValidateResult;
import org.jspecify.annotations.Nullable;

/** A database for homes, a folder of migrations, and the engine on both; no Kafka, no registry. */
public final class EngineFixture implements AutoCloseable {
    private final PostgresServer postgres = DevStack.shared().postgres();
    private final String database = "engine_" + UUID.randomUUID().toString().replace("-", "");
    private final ReceiveBudget budget;
    private final Path folder;
    private final Server server;
    private List<String> javaMigrations = List.of();

    public EngineFixture() throws IOException, SQLException {
        this(Duration.ofSeconds(2));
    }

    public EngineFixture(Duration lockTimeout) throws IOException, SQLException {
        this(lockTimeout, 8);
    }

    public EngineFixture(Duration lockTimeout, int connections) throws IOException, SQLException {
        this(lockTimeout, connections, ReceiveBudget.ofHeap(Runtime.getRuntime().maxMemory(), connections));
    }

    public EngineFixture(ReceiveBudget budget) throws IOException, SQLException {
        this(Duration.ofSeconds(2), 8, budget);
    }

    private EngineFixture(Duration lockTimeout, int connections, ReceiveBudget budget)
            throws IOException, SQLException {
        this.budget = budget;
        folder = Files.createTempDirectory("engine-test");
        postgres.createDatabase(database);
        server = server(postgres.user(), postgres.password(), lockTimeout, connections);
    }

    private Server server(String user, String password, Duration lockTimeout, int connections) {
        return new Server(
                new ServerSettings("main", postgres.jdbcUrl(database), user, new Secret(password), connections),
                new SessionTimeouts(lockTimeout, Duration.ZERO),
                "engine test",
                budget);
    }

    /** The database for a role that is nothing but its owner; the caller closes it. */
    public Server serverOfOwner() throws SQLException {
        execute("CREATE ROLE " + owner() + " LOGIN PASSWORD 'secret'; ALTER DATABASE " + database + " OWNER TO "
                + owner());
        return server(owner(), "secret", Duration.ofSeconds(2), 8);
    }

    public Server server() {
        return server;
    }

    /** The name of that role. */
    public String owner() {
        return database + "_owner";
    }

    /** Adds or replaces a script. */
    public EngineFixture with(String name, String text) throws IOException {
        return with(name, text.getBytes(StandardCharsets.UTF_8));
    }

    public EngineFixture with(String name, byte[] bytes) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.write(folder.resolve(name), bytes);
        return this;
    }

    /** The folder of migrations. */
    public Path folder() {
        return folder;
    }

    public EngineFixture with(Map<String, String> scripts) throws IOException {
        for (Map.Entry<String, String> script : scripts.entrySet()) {
            with(script.getKey(), script.getValue());
        }
        return this;
    }

    /** Adds or replaces the scripts of a public case's folder, byte for byte. */
    public EngineFixture withCase(String caseAndFolder) throws IOException, URISyntaxException {
        URL found = Objects.requireNonNull(EngineFixture.class.getResource("/cases/" + caseAndFolder));
        try (Stream<Path> files = Files.list(Path.of(found.toURI()))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return this;
    }

    public EngineFixture without(String name) throws IOException {
        Files.delete(folder.resolve(name));
        return this;
    }

    public EngineFixture withJava(Class<?> migration) {
        javaMigrations = List.of(migration.getName());
        return this;
    }

    /** What the folder holds, with nothing proven. */
    public MigrationCatalog catalog() throws IOException {
        return FlywayEngine.load("users", folder, javaMigrations, server.dataSource());
    }

    /** What the folder holds, with the plans that are proven. */
    public MigrationCatalog proven() throws IOException {
        return proven(server);
    }

    /** The same where these scripts may reach outside. */
    public MigrationCatalog allowing(String... scripts) throws IOException {
        return verified(server, Set.of(scripts));
    }

    /** The same for a server with another role. */
    public MigrationCatalog proven(Server ofRole) throws IOException {
        return verified(ofRole, Set.of());
    }

    private MigrationCatalog verified(Server ofRole, Set<String> allow) throws IOException {
        MigrationCatalog catalog = catalog();
        VerificationLog log = log(catalog);
        return logged(catalog, log, PlanVerifier.verify(catalog, ofRole, allow, log::warn));
    }

    /** What can be known of the scripts without running them. */
    public static MigrationCatalog read(MigrationCatalog catalog, Server server) {
        VerificationLog log = log(catalog);
        return logged(catalog, log, PlanVerifier.read(catalog, server, log::warn));
    }

    private static VerificationLog log(MigrationCatalog catalog) {
        return new VerificationLog(catalog.database(), catalog.size());
    }

    private static MigrationCatalog logged(
            MigrationCatalog catalog, VerificationLog log, PlanVerification verification) {
        log.write(verification);
        return catalog.with(verification.plans());
    }

    public TenantHome home(String tenant) {
        return TenantHome.inSchema(tenant, "users", "main", "tenant_" + tenant);
    }

    /** As a worker does it for a new tenant. */
    public MigrationResult onboard(MigrationCatalog catalog, String tenant) throws SQLException {
        return onboard(catalog, tenant, new VersionTracker());
    }

    /** One of several attempts for the same request. */
    public MigrationResult onboard(MigrationCatalog catalog, String tenant, VersionTracker tracker)
            throws SQLException {
        Migrator migrator = new Migrator(catalog);
        try (HomeSession session = HomeSession.open(server, home(tenant))) {
            PlanOutcome byPlan = migrator.createByPlan(session, tracker);
            return finish(session, byPlan, migrator, new Target.Latest(), tracker);
        }
    }

    /** As a worker does it for a tenant that is registered at this version. */
    public MigrationResult upgrade(MigrationCatalog catalog, String tenant, String target, @Nullable String registered)
            throws SQLException {
        return upgrade(catalog, tenant, target, registered, new VersionTracker());
    }

    /** One of several attempts for the same request. */
    public MigrationResult upgrade(
            MigrationCatalog catalog, String tenant, String target, @Nullable String registered, VersionTracker tracker)
            throws SQLException {
        Migrator migrator = new Migrator(catalog);
        Target wanted = target.equals("latest") ? new Target.Latest() : new Target.Version(target);
        try (HomeSession session = HomeSession.open(server, home(tenant))) {
            PlanOutcome byPlan = migrator.upgradeByPlan(session, wanted, registered, tracker);
            return finish(session, byPlan, migrator, wanted, tracker);
        }
    }

    /** Tries without Flyway. */
    public PlanOutcome upgradeByPlan(
            MigrationCatalog catalog, String tenant, String target, @Nullable String registered) throws SQLException {
        Target wanted = target.equals("latest") ? new Target.Latest() : new Target.Version(target);
        try (HomeSession session = HomeSession.open(server, home(tenant))) {
            return new Migrator(catalog).upgradeByPlan(session, wanted, registered, new VersionTracker());
        }
    }

    /** Tries to make a home without Flyway. */
    public PlanOutcome create(MigrationCatalog catalog, String tenant) throws SQLException {
        try (HomeSession session = HomeSession.open(server, home(tenant))) {
            return new Migrator(catalog).createByPlan(session, new VersionTracker());
        }
    }

    private static MigrationResult finish(
            HomeSession session, PlanOutcome byPlan, Migrator migrator, Target target, VersionTracker tracker)
            throws SQLException {
        if (byPlan instanceof PlanOutcome.Done done) {
            return done.result();
        }
        if (byPlan instanceof PlanOutcome.Busy) {
            throw new AssertionError("somebody else works on " + session.home());
        }
        LockedHome locked = session.tryLock().orElseThrow();
        if (locked.inspect() instanceof HomeState.Missing) {
            locked.create();
        }
        return migrator.migrate(locked, target, tracker);
    }

    /** As Flyway alone does it, with the schema and the mark made before. */
    public void byFlyway(MigrationCatalog catalog, String tenant, String target) throws SQLException {
        try (HomeSession session = HomeSession.open(server, home(tenant))) {
            LockedHome locked = session.tryLock().orElseThrow();
            if (locked.inspect() instanceof HomeState.Missing) {
                locked.create();
            }
            FlywayEngine.configure(catalog.sources(), session.connection(), session.home())
                    .target(target)
                    .load()
                    .migrate();
        }
    }

    /** What Flyway says of the home. */
    public ValidateResult validate(MigrationCatalog catalog, String tenant, String target) throws SQLException {
        try (HomeSession session = HomeSession.open(server, home(tenant))) {
            session.changed();
            return FlywayEngine.configure(catalog.sources(), session.connection(), session.home())
                    .target(target)
                    .load()
                    .validateWithResult();
        }
    }

    /** A connection of the test's own. */
    public Connection connect() throws SQLException {
        return postgres.connect(database);
    }

    public void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of all rows. */
    public List<String> query(String sql) throws SQLException {
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

    @Override
    public void close() throws Exception {
        server.close();
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE \"" + database + "\" WITH (FORCE)");
            statement.execute("DROP ROLE IF EXISTS " + owner());
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
