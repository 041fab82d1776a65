package io.tenantry.worker.demo;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.scenario.WorkerProcess;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.FreePort;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The course of the demo, from the start of the servers to the results; its caller closes it. */
final class DemoRun implements AutoCloseable {
    private static final String UPGRADED = "users";
    private static final String TARGET = "6";
    private static final String NEW_TABLE = "invoices";
    private static final String ROLLOUT = "release-2";

    private final Screen screen;
    private final long start = System.nanoTime();
    private final List<String> tenants = TenantNames.all();
    /** One of the canaries. */
    private final String sabotaged = tenants.get(5);

    private final int httpPort = FreePort.pick();
    private final DemoFolder folder = DemoFolder.create();
    private final ShippedJar shipped;
    private final Requests signups = new Requests("/demo/signup");
    private final DemoRollout rollout;
    private volatile @Nullable DevStack stack;
    private volatile @Nullable WorkerProcess worker;

    /** @param jar the shipped jar */
    DemoRun(Screen screen, Path jar) {
        this.screen = screen;
        this.shipped = new ShippedJar(jar, folder.settings(), folder.workerLog(), "512m");
        this.rollout = new DemoRollout(screen, shipped, ROLLOUT);
    }

    /** Returns when all results are there; the servers and the worker run on. */
    DemoResult run() throws SQLException {
        screen.line("Tenantry demo: " + tenants.size() + " signups, then a rollout whose canary halts it");
        DevStack servers = DevStack.start();
        stack = servers;
        say("Kafka (" + servers.kafka().bootstrapServers() + ") and PostgreSQL ("
                + servers.postgres().host() + ":" + servers.postgres().port() + ") are up");
        servers.postgres().createDatabase(DemoFolder.APP);
        servers.postgres().createDatabase(DemoFolder.CONTROL);
        folder.installFirstRelease();
        folder.writeSettings(servers, httpPort);
        shipped.command("topics");
        try (RequestProducer producer = new RequestProducer(servers.kafka().bootstrapServers());
                ResultConsumer consumer = new ResultConsumer(servers.kafka().bootstrapServers())) {
            Round round = new Round(producer, consumer, this::trouble);
            startWorker();
            say("a worker of release 1 is up; " + tenants.size() + " signups at once, each for homes in "
                    + String.join(" and ", DemoFolder.DATABASES));
            RoundReport onboarded = run(
                    round,
                    "signups",
                    tenants.stream()
                            .map(tenant -> signups.signUp("signup/" + tenant, tenant, Map.of("plan", "free")))
                            .toList());
            sabotage(servers);
            deploySecondRelease();
            rollout.startAndHalt(UPGRADED, TARGET);
            rollout.show();
            rollout.findDrift(
                    UPGRADED,
                    List.of(
                            sabotaged + ", database " + UPGRADED + ": ",
                            "extra table " + NEW_TABLE,
                            " 1 drifted, 0 not comparable"));
            FleetVersions halted = FleetVersions.ofHistories(servers.postgres(), tenants);
            mend(servers);
            rollout.goOn();
            rollout.compare(UPGRADED);
            return new DemoResult(
                    onboarded,
                    (int) tenants.stream().filter(DemoRun::isCanary).count(),
                    new FleetVersions.Place(UPGRADED, TARGET),
                    halted,
                    FleetVersions.ofHistories(servers.postgres(), tenants),
                    FleetVersions.ofRegistry(servers.postgres()),
                    rollout.faults());
        }
    }

    private static boolean isCanary(String tenant) {
        return tenant.startsWith(DemoRollout.CANARY.replace("*", ""));
    }

    private RoundReport run(Round round, String task, List<? extends Event<? extends TenantRequest>> requests) {
        try (Progress progress = screen.begin(task, requests.size())) {
            return round.run(requests, progress);
        } catch (IllegalStateException stuck) {
            throw withLog(stuck);
        }
    }

    private void sabotage(DevStack servers) throws SQLException {
        execute(servers, "CREATE TABLE " + tableInTheWay() + " (made_by_hand text)");
        say("sabotage: somebody makes a table " + tableInTheWay() + " by hand");
    }

    private void mend(DevStack servers) throws SQLException {
        execute(servers, "DROP TABLE " + tableInTheWay());
        screen.line("");
        say("the mend: the table " + tableInTheWay() + " is dropped");
    }

    private String tableInTheWay() {
        return DemoFolder.location(UPGRADED, sabotaged) + "." + NEW_TABLE;
    }

    private static void execute(DevStack servers, String sql) throws SQLException {
        try (Connection connection = servers.postgres().connect(DemoFolder.APP);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void deploySecondRelease() {
        WorkerProcess first = worker;
        if (first != null) {
            first.drain();
        }
        folder.installSecondRelease();
        startWorker();
        say("a deploy, as in real life: release 1 drained on SIGTERM, release 2 with " + UPGRADED + " version " + TARGET
                + " is up");
        say("the rollout: first the tenants " + DemoRollout.CANARY + ", then the others; version " + TARGET
                + " creates a table " + NEW_TABLE);
    }

    private void startWorker() {
        worker = shipped.startWorker();
    }

    private Optional<String> trouble() {
        WorkerProcess current = worker;
        return current == null ? Optional.empty() : current.trouble();
    }

    private IllegalStateException withLog(IllegalStateException stuck) {
        WorkerProcess current = worker;
        return current == null || current.trouble().isPresent()
                ? stuck
                : current.failure(String.valueOf(stuck.getMessage()));
    }

    private void say(String what) {
        Duration sinceStart = Duration.ofNanos(System.nanoTime() - start);
        screen.line(String.format(Locale.ROOT, "%5.1f s  %s", sinceStart.toMillis() / 1000.0, what));
    }

    /** What somebody can do with what runs on. */
    List<String> invitation() {
        return new Invitation(Objects.requireNonNull(stack), folder, shipped.file(), httpPort).lines();
    }

    /** Ends the worker and the servers, and deletes all files; safe to call twice, and from another thread. */
    @Override
    public void close() {
        rollout.close();
        WorkerProcess lastWorker = worker;
        if (lastWorker != null) {
            lastWorker.close();
        }
        DevStack servers = stack;
        if (servers != null) {
            servers.close();
        }
        folder.close();
    }
}
