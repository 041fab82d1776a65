package io.tenantry.worker.scenario;

import io.tenantry.contracts.Topic;
import io.tenantry.worker.Worker;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.Settings;
import io.tenantry.worker.config.read.InvalidSettingsException;
import io.tenantry.worker.config.read.SettingsReader;
import io.tenantry.worker.intake.client.Topics;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Topics, databases, migrations and settings of one test, and the workers that it starts. */
public final class Deployment implements AutoCloseable {
    private static final int PARTITIONS = 3;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final DevStack stack;
    /** Whether other tests use the same servers. */
    private final boolean shared;

    private final String name = "t" + ProcessHandle.current().pid() + "x" + NUMBER.incrementAndGet();
    private final Path folder;
    private final Map<String, String> overrides = new LinkedHashMap<>();
    private final Map<String, Migrations> databases = new LinkedHashMap<>();
    private final Map<String, OtherServer> moreServers = new LinkedHashMap<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Queries tenantQueries = new Queries(this::connect);
    private final Queries registryQueries = new Queries(this::connectToRegistry);
    private final WorkerRoles roles = new WorkerRoles();
    private @Nullable String ownRole;
    private boolean superuser;
    private @Nullable Events events;
    private @Nullable Results results;
    private @Nullable RolloutEvents rolloutEvents;
    private @Nullable RequestTopics topics;

    /** Another server of the settings. */
    private record OtherServer(PostgresServer postgres, String database) {}

    private Deployment(DevStack stack, boolean shared) {
        this.stack = stack;
        this.shared = shared;
        try {
            this.folder = Files.createTempDirectory("tenantry-test");
            stack.postgres().createDatabase(tenantDatabase());
            if (shared) {
                RegistryTemplate.copyTo(stack.postgres(), controlDatabase());
            } else {
                stack.postgres().createDatabase(controlDatabase());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
        with("kafka.partitions", Integer.toString(PARTITIONS));
        with("http.port", "0");
    }

    /** On the servers that all tests share; its registry has tables. */
    public static Deployment create() {
        return new Deployment(DevStack.shared(), true);
    }

    /** On servers of the test's own; its registry has no tables before a worker starts. */
    public static Deployment on(DevStack stack) {
        return new Deployment(stack, false);
    }

    /** Removes the registry's tables, as for the first worker of all. */
    public Deployment withEmptyRegistry() {
        executeInRegistry("DROP SCHEMA IF EXISTS tenantry CASCADE");
        return this;
    }

    /** Sets a key of the settings. */
    public Deployment with(String key, String value) {
        overrides.put(key, value);
        return this;
    }

    /** What {@link #with} has set. */
    public Map<String, String> overrides() {
        return Map.copyOf(overrides);
    }

    /** The migrations of a named database, which is made by the first call; {@link #locationOf} says where its tenants live. */
    public Migrations database(String database) {
        return databases.computeIfAbsent(database, added -> new Migrations(folder.resolve(added)));
    }

    /**
     * Where a tenant's home is: {@code <database>_<tenant>}, if that is a schema; a shared one is the schema {@code
     * <database>}; a database of its own has a name that no other test has.
     */
    public String locationOf(String database, String tenant) {
        return switch (database(database).isolation()) {
            case SCHEMA -> database + "_" + tenant;
            case SHARED -> database;
            case DATABASE ->
                name + (char) ('a' + List.copyOf(databases.keySet()).indexOf(database)) + "_" + tenant;
        };
    }

    /** Adds a server with an empty database; {@code databases.<d>.server} says what lives there. */
    public Deployment server(String server, PostgresServer postgres) throws SQLException {
        postgres.createDatabase(tenantDatabase());
        moreServers.put(server, new OtherServer(postgres, tenantDatabase()));
        return this;
    }

    /** Adds a server of the settings that is another database of the same PostgreSQL. */
    public Deployment serverBeside(String server) throws SQLException {
        stack.postgres().createDatabase(databaseBeside(server));
        moreServers.put(server, new OtherServer(stack.postgres(), databaseBeside(server)));
        return this;
    }

    /** The database of {@link #serverBeside}. */
    public String databaseBeside(String server) {
        return tenantDatabase() + "_" + server;
    }

    /** Creates the topics. */
    public Deployment withTopics() {
        try (Topics topics = new Topics(settings().kafka())) {
            topics.create();
        } catch (Topics.TopicsException failure) {
            throw new IllegalStateException(failure);
        }
        return this;
    }

    /** Starts a worker in this process. */
    public RunningWorker startWorker() {
        RunningWorker worker = RunningWorker.start(newWorker());
        opened.add(worker);
        return worker;
    }

    /** Drains the workers of this process and starts one, as a deployment of a new release does. */
    public RunningWorker replaceWorkers() {
        for (AutoCloseable part : opened) {
            if (part instanceof RunningWorker worker) {
                worker.stop();
            }
        }
        return startWorker();
    }

    /** A worker that has not started. */
    public Worker newWorker() {
        return new Worker(settings(), Deployment::fatal);
    }

    /** Starts a worker that compares every home which {@code verify-after: sample} allows, in place of 1 %. */
    public RunningWorker startWorkerThatSamplesAll() {
        RunningWorker worker = RunningWorker.start(new Worker(settings(), Deployment::fatal, bound -> 0));
        opened.add(worker);
        return worker;
    }

    private static void fatal(Error error) {
        throw error;
    }

    /** Runs a command that ends by itself, {@code topics} or a {@code run} that is refused, as a process would. */
    public CommandResult command(String command) {
        return command(command, settingsFile());
    }

    /** The same, with another settings file. */
    public CommandResult command(String command, Path settingsFile) {
        Map<String, String> properties = new LinkedHashMap<>();
        overrides.forEach((key, value) -> properties.put("tenantry." + key, value));
        return CommandJvm.run(List.of(command, "--config", settingsFile.toString()), properties);
    }

    /** Starts a process of its own for a command: {@code run}, {@code topics} and so on. */
    public AppProcess startProcess(String command, String... moreJvmOptions) {
        return startProcess(command, settingsFile(), moreJvmOptions);
    }

    /** The same, with another settings file. */
    public AppProcess startProcess(String command, Path settingsFile, String... moreJvmOptions) {
        return startProcess(false, List.of(command), settingsFile, moreJvmOptions);
    }

    /** Starts a process of its own for a command of several words. */
    public AppProcess startCommand(String... command) {
        return startProcess(false, List.of(command), settingsFile());
    }

    /** The same, with another settings file. */
    public AppProcess startCommand(Path settingsFile, String... command) {
        return startProcess(false, List.of(command), settingsFile);
    }

    /** Starts a worker as a process of its own, and waits until it has joined its group. */
    public AppProcess startWorkerProcess() {
        return startProcess(true, List.of("run"), settingsFile()).awaitAssignment();
    }

    private AppProcess startProcess(
            boolean records, List<String> command, Path settingsFile, String... moreJvmOptions) {
        List<String> options = new ArrayList<>();
        overrides.forEach((key, value) -> options.add("-Dtenantry." + key + "=" + value));
        options.addAll(List.of(moreJvmOptions));
        Path log = folder.resolve("process-" + opened.size() + ".log");
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(List.of("--config", settingsFile.toString()));
        AppProcess process = AppProcess.start(records, options, arguments, log);
        opened.add(process);
        return process;
    }

    /** The settings as a worker reads them. */
    public Settings settings() {
        try {
            Properties properties = new Properties();
            overrides.forEach((key, value) -> properties.setProperty("tenantry." + key, value));
            return SettingsReader.read(settingsFile(), Map.of(), properties);
        } catch (InvalidSettingsException invalid) {
            throw new IllegalStateException(invalid);
        }
    }

    /** The settings as a file, without what {@link #with} adds. */
    public Path settingsFile() {
        StringBuilder yaml = new StringBuilder()
                .append("kafka:\n  bootstrap-servers: ")
                .append(stack.kafka().bootstrapServers())
                .append("\n  group-id: ")
                .append(name)
                .append("\n  topic-prefix: ")
                .append(prefix())
                .append("\nregistry:\n")
                .append(registryLogin())
                .append("servers:\n  main:\n")
                .append(workerLogin(stack.postgres(), tenantDatabase()))
                .append("    max-connections: 16\n");
        moreServers.forEach((server, other) -> yaml.append("  ")
                .append(server)
                .append(":\n")
                .append(workerLogin(other.postgres(), other.database()))
                .append("    max-connections: 16\n"));
        yaml.append("databases:\n");
        databases.forEach((database, migrations) -> yaml.append("  ")
                .append(database)
                .append(":\n    server: main\n    isolation: ")
                .append(migrations.isolation().name().toLowerCase(Locale.ROOT))
                .append("\n    location: \"")
                .append(locationOf(database, "{tenant}"))
                .append("\"\n    migrations: filesystem:")
                .append(migrations.folder())
                .append('\n'));
        try {
            return Files.writeString(folder.resolve("tenantry.yaml"), yaml);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private String registryLogin() {
        roles.grantRegistry(stack.postgres(), controlDatabase());
        return login(stack.postgres(), controlDatabase(), WorkerRoles.REGISTRY, WorkerRoles.PASSWORD);
    }

    private String workerLogin(PostgresServer postgres, String database) {
        if (superuser) {
            return login(postgres, database, postgres.user(), postgres.password())
                    .replace("  ", "    ");
        }
        roles.grantWorker(postgres, database, workerRole(), isolations());
        return login(postgres, database, workerRole(), WorkerRoles.PASSWORD).replace("  ", "    ");
    }

    private static String login(PostgresServer postgres, String database, String role, String password) {
        return "  url: " + postgres.jdbcUrl(database) + "\n  user: " + role + "\n  password: " + password + "\n";
    }

    private Set<Isolation> isolations() {
        return databases.values().stream().map(Migrations::isolation).collect(Collectors.toSet());
    }

    /** The role of the workers at their servers: one with the rights that {@code ops/security} grants, and no others. */
    public String workerRole() {
        return ownRole != null ? ownRole : WorkerRoles.worker(isolations());
    }

    /** Lets the workers work as a superuser, since the scripts of a test need rights that the worker itself does not. */
    public Deployment asSuperuser() {
        superuser = true;
        return this;
    }

    /** Creates the role {@code application} as {@code ops/security} has it; only on servers of the test's own. */
    public Deployment withApplicationRole() {
        WorkerRoles.createApplication(stack.postgres(), tenantDatabase());
        return this;
    }

    /** Gives the workers a role that no other deployment's workers have, with the same rights. */
    public Deployment withOwnRole() {
        ownRole = "worker_of_" + name;
        WorkerRoles.create(stack.postgres(), ownRole);
        return this;
    }

    /** Publishes requests. */
    public Events events() {
        if (events == null) {
            events = new Events(settings().kafka().bootstrapServers(), prefix());
            opened.add(events);
        }
        return events;
    }

    /** Reads results and dead letters. */
    public Results results() {
        if (results == null) {
            List<org.apache.kafka.common.TopicPartition> partitions = Stream.of(
                            Topic.TENANT_RESULTS.name(prefix()),
                            Topic.TENANT_CREATED.deadLetterName(prefix()),
                            Topic.MIGRATION_REQUESTED.deadLetterName(prefix()))
                    .flatMap(topic -> IntStream.range(0, settings().kafka().partitions())
                            .mapToObj(partition -> new org.apache.kafka.common.TopicPartition(topic, partition)))
                    .toList();
            results = new Results(settings().kafka().bootstrapServers(), prefix(), partitions);
            opened.add(results);
        }
        return results;
    }

    /** Reads the events of rollouts. */
    public RolloutEvents rolloutEvents() {
        if (rolloutEvents == null) {
            rolloutEvents = new RolloutEvents(settings().kafka());
            opened.add(rolloutEvents);
        }
        return rolloutEvents;
    }

    /** The topics and the group as an operator of Kafka sees them. */
    public RequestTopics topics() {
        if (topics == null) {
            topics = new RequestTopics(settings().kafka());
            opened.add(topics);
        }
        return topics;
    }

    /** The first column of all rows, in the database where the tenants live. */
    public List<String> query(String sql) {
        return firstColumn(tenantQueries, sql);
    }

    /** The first column of all rows, in the registry. */
    public List<String> queryRegistry(String sql) {
        return firstColumn(registryQueries, sql);
    }

    private static List<String> firstColumn(Queries queries, String sql) {
        try {
            return queries.firstColumn(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** The first column of all rows, in any database. */
    public List<String> query(String database, String sql) {
        try (Connection connection = stack.postgres().connect(database)) {
            return Queries.firstColumn(connection, sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Runs SQL in the database where the tenants live. */
    public void execute(String sql) {
        execute(tenantDatabase(), sql);
    }

    /** Runs SQL in the registry. */
    public void executeInRegistry(String sql) {
        execute(controlDatabase(), sql);
    }

    /** Runs SQL in any database. */
    public void execute(String database, String sql) {
        run(database, sql);
    }

    /** Runs SQL in any database as the workers' role, so that what it creates is theirs. */
    public void executeAsWorker(String database, String sql) {
        settingsFile(); // Creates the role.
        run(database, "SET ROLE " + workerRole(), sql);
    }

    /** The same in the database where the tenants live. */
    public void executeAsWorker(String sql) {
        executeAsWorker(tenantDatabase(), sql);
    }

    private void run(String database, String... statements) {
        try (Connection connection = stack.postgres().connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            closeQueries();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A connection of the test's own to the database where the tenants live. */
    public Connection connect() throws SQLException {
        return stack.postgres().connect(tenantDatabase());
    }

    /** A connection of the test's own to the registry. */
    public Connection connectToRegistry() throws SQLException {
        return stack.postgres().connect(controlDatabase());
    }

    /** The servers. */
    public DevStack stack() {
        return stack;
    }

    /** Of all topics. */
    public String prefix() {
        return name + ".";
    }

    /** Where the tenants live. */
    public String tenantDatabase() {
        return name + "_app";
    }

    /** Where the registry is. */
    public String controlDatabase() {
        return name + "_control";
    }

    @Override
    public void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        closeQueries();
        if (shared) {
            dropDatabases();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void closeQueries() throws SQLException {
        tenantQueries.close();
        registryQueries.close();
    }

    /** What its tenants' databases hold is little, and stays. */
    private void dropDatabases() throws SQLException {
        try (Connection connection = stack.postgres().connect("postgres");
                Statement statement = connection.createStatement()) {
            List<String> databases = new ArrayList<>(List.of(controlDatabase(), tenantDatabase()));
            moreServers.values().stream()
                    .filter(other -> other.postgres() == stack.postgres())
                    .forEach(other -> databases.add(other.database()));
            for (String database : databases) {
                statement.execute("DROP DATABASE IF EXISTS \"" + database + "\" WITH (FORCE)");
            }
        }
    }
}
