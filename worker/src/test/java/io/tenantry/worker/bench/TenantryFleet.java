package io.tenantry.worker.bench;

import io.tenantry.contracts.Event;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantRequest;
import io.tenantry.worker.demo.Progress;
import io.tenantry.worker.demo.RequestProducer;
import io.tenantry.worker.demo.Requests;
import io.tenantry.worker.demo.ResultConsumer;
import io.tenantry.worker.demo.Round;
import io.tenantry.worker.demo.RoundReport;
import io.tenantry.worker.demo.ShippedJar;
import io.tenantry.worker.scenario.WorkerProcess;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Tenantry end to end: from requests into Kafka to results out of it, by one worker process of 256 MiB of heap. */
final class TenantryFleet implements Contestant {
    /** The registry's database, for all rounds, as the topics are. */
    static final String CONTROL = "bench_control";

    private static final Requests REQUESTS = new Requests("/bench");
    private static final String MAX_HEAP = "256m";
    private static final Progress SILENT = new Progress() {
        @Override
        public void step() {
            // Printing is work too.
        }

        @Override
        public void close() {
            // Nothing was opened.
        }
    };

    private final Path folder;
    private final ShippedJar jar;
    private final int httpPort = FreePort.pick();
    private final RequestProducer producer;
    private final ResultConsumer consumer;
    private final Round round;
    private WorkerProcess worker;

    /**
     * Makes topics and registry where they are missing, and starts a worker of the first release.
     *
     * @param folder for settings, migrations and log; deleted by its maker
     */
    TenantryFleet(DevStack stack, Path jar, String database, int connections, Path folder) throws SQLException {
        stack.postgres().createDatabase(database);
        this.folder = folder;
        this.jar = new ShippedJar(jar, folder.resolve("tenantry.yaml"), folder.resolve("worker.log"), MAX_HEAP);
        Scripts.install("release1", migrations());
        writeSettings(stack, database, connections);
        this.jar.command("topics");
        this.producer = new RequestProducer(stack.kafka().bootstrapServers());
        this.consumer = new ResultConsumer(stack.kafka().bootstrapServers());
        this.worker = this.jar.startWorker();
        this.round = new Round(producer, consumer, () -> worker.trouble());
    }

    private Path migrations() {
        return folder.resolve("migrations");
    }

    private void writeSettings(DevStack stack, String database, int connections) {
        String login = "    user: " + stack.postgres().user() + "\n    password: "
                + stack.postgres().password() + "\n";
        String yaml = "kafka:\n  bootstrap-servers: " + stack.kafka().bootstrapServers()
                + "\n  partitions: 6\nregistry:\n    url: "
                + stack.postgres().jdbcUrl(CONTROL) + "\n" + login
                + "servers:\n  main:\n    url: " + stack.postgres().jdbcUrl(database) + "\n" + login
                + "    max-connections: " + connections
                + "\ndatabases:\n  app:\n    server: main\n    location: \"tenant_{tenant}\"\n"
                + "    migrations: \"filesystem:" + migrations() + "\"\nworker:\n  concurrency: " + connections
                + "\nhttp:\n  port: " + httpPort + "\n";
        try {
            Files.writeString(jar.settings(), yaml);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public String name() {
        return "tenantry";
    }

    /** A deploy: the worker of the first release drains, one of the second starts. */
    @Override
    public void deploy() {
        Scripts.install("release2", migrations());
        restart();
    }

    /** A deploy of a release with several migrations, each of which adds a column and an index. */
    void deploy(int firstVersion, int lastVersion) {
        Scripts.installSeries(firstVersion, lastVersion, migrations());
        restart();
    }

    /** Back to the first release, whose worker leaves what the second has upgraded as it is. */
    void goBack() {
        try {
            Files.delete(migrations().resolve("V11__close_tasks.sql"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        restart();
    }

    private void restart() {
        worker.drain();
        worker = jar.startWorker();
    }

    @Override
    public boolean does(Workload workload) {
        return true;
    }

    @Override
    public Duration run(Workload workload, List<String> tenants) {
        RoundReport report = report(workload, tenants);
        Outcome expected = workload == Workload.NOOP ? Outcome.UP_TO_DATE : Outcome.COMPLETED;
        if (report.with(expected).size() != tenants.size()) {
            throw new IllegalStateException("not all tenants are " + expected + ": "
                    + report.answers().stream()
                            .map(RoundReport.Answer::result)
                            .filter(result -> result.outcome() != expected)
                            .findFirst()
                            .orElseThrow());
        }
        return report.elapsed();
    }

    /** Signs tenants up at a steady rate, and returns how long each took from the request to its result. */
    RoundReport signUp(List<String> tenants, Duration interval) {
        String run = UUID.randomUUID().toString();
        try {
            RoundReport report = round.run(
                    tenants.stream()
                            .map(tenant -> REQUESTS.signUp(run + "/" + tenant, tenant, Map.of()))
                            .toList(),
                    interval,
                    SILENT);
            if (report.with(Outcome.COMPLETED).size() != tenants.size()) {
                throw new IllegalStateException("not all signups are completed");
            }
            return report;
        } catch (IllegalStateException stuck) {
            throw worker.failure(String.valueOf(stuck.getMessage()));
        }
    }

    /** Brings tenants to a version, by a request for each, all at once. */
    Duration upgrade(List<String> tenants, String target) {
        String run = UUID.randomUUID().toString();
        RoundReport report = report(tenants.stream()
                .map(tenant -> REQUESTS.upgrade(run + "/" + tenant, tenant, List.of(), target, run))
                .toList());
        if (report.with(Outcome.COMPLETED).size() != tenants.size()) {
            throw new IllegalStateException("not all tenants are upgraded");
        }
        return report.elapsed();
    }

    /** Takes over all schemas of the database, which are what the scripts of the first release make. */
    void adopt(String version) {
        jar.command("adopt", "--database", "app", "--baseline-version", version, "--yes");
    }

    /** Compares all homes with what their migrations make, by a command beside the worker; the start of its JVM counts. */
    Duration compare() {
        long start = System.nanoTime();
        jar.command("drift", "--database", "app");
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** What the worker has counted so far. */
    Counters counters() {
        return Counters.of(httpPort);
    }

    /** What makes waiting for the worker useless; empty while there is nothing. */
    Optional<String> trouble() {
        return worker.trouble();
    }

    private RoundReport report(Workload workload, List<String> tenants) {
        String run = UUID.randomUUID().toString();
        return report(tenants.stream()
                .map(tenant -> workload == Workload.ONBOARD
                        ? REQUESTS.signUp(run + "/" + tenant, tenant, Map.of())
                        : REQUESTS.upgrade(run + "/" + tenant, tenant, List.of(), "latest", run))
                .toList());
    }

    private RoundReport report(List<? extends Event<? extends TenantRequest>> requests) {
        try {
            return round.run(requests, SILENT);
        } catch (IllegalStateException stuck) {
            throw worker.failure(String.valueOf(stuck.getMessage()));
        }
    }

    @Override
    public void close() {
        worker.close();
        producer.close();
        consumer.close();
    }
}
