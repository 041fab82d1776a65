package io.tenantry.worker.scenario;

import io.tenantry.worker.App;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.ChildJvm;
import io.tenantry.worker.stack.DeadManSwitch;
import io.tenantry.worker.stack.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A worker in a process of its own, as in production, which may be killed, stopped and started again. */
public final class WorkerProcess implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(90);
    private static final Duration DRAINED = Duration.ofSeconds(60);
    /** What a JVM that shuts down after SIGTERM ends with. */
    private static final List<Integer> IN_ORDER = List.of(0, 143);

    private static final Pattern ADDRESS = Pattern.compile("metrics and health at /([0-9.:]+)");
    private static final List<String> SMALL_AND_QUICK_TO_START = List.of(
            "-Xmx160m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            // The one of production: this class path has the settings of the tests as well.
            "-Dlogback.configurationFile=logback.xml");

    private final String name;
    private final Path folder;
    private final Supplier<ChildJvm> program;
    private int starts;
    private ChildJvm process;
    private @Nullable DeadManSwitch stopped;

    private WorkerProcess(String name, Path folder, Supplier<ChildJvm> program) {
        this.name = name;
        this.folder = folder;
        this.program = program;
        this.process = launch();
    }

    /**
     * Starts it on this class path, and does not wait until it is ready.
     *
     * @param name how its Kafka clients call themselves
     * @param logs a folder of its own: each start has a log there
     */
    public static WorkerProcess start(Deployment deployment, String name, Path logs, List<String> moreJvmOptions) {
        try {
            Files.createDirectories(logs);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        List<String> options = new ArrayList<>(SMALL_AND_QUICK_TO_START);
        options.addAll(moreJvmOptions);
        deployment.overrides().forEach((key, value) -> options.add("-Dtenantry." + key + "=" + value));
        options.add("-Dtenantry.kafka.properties.client.id=" + name);
        List<String> arguments =
                List.of("run", "--config", deployment.settingsFile().toString());
        AtomicInteger log = new AtomicInteger();
        return new WorkerProcess(
                name,
                logs,
                () -> ChildJvm.startProgram(
                        App.class, true, options, arguments, logs.resolve(log.incrementAndGet() + ".log")));
    }

    /**
     * Starts it, and waits until it takes requests.
     *
     * @param folder goes with it if this JVM ends while it is stopped
     * @param program starts a process
     */
    public static WorkerProcess startReady(String name, Path folder, Supplier<ChildJvm> program) {
        WorkerProcess worker = new WorkerProcess(name, folder, program);
        try {
            worker.awaitReady();
        } catch (IllegalStateException late) {
            worker.close();
            throw late;
        }
        return worker;
    }

    private ChildJvm launch() {
        starts++;
        return program.get();
    }

    /** Waits until it takes requests. */
    public void awaitReady() {
        try {
            Await.until(READY, "the worker is ready", () -> !process.isAlive() || isReady());
        } catch (AssertionError late) {
            throw failure(String.valueOf(late.getMessage()));
        }
        if (!process.isAlive()) {
            throw failure("the worker ended while it started");
        }
        process.archiveClasses();
    }

    private boolean isReady() throws IOException {
        Optional<String> address = address();
        if (address.isEmpty()) {
            return false;
        }
        URI health = URI.create("http://" + address.get() + "/health/ready");
        HttpURLConnection connection = (HttpURLConnection) health.toURL().openConnection();
        connection.setConnectTimeout(1_000);
        connection.setReadTimeout(1_000);
        try {
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } finally {
            connection.disconnect();
        }
    }

    private Optional<String> address() {
        return process.logLines().stream()
                .map(ADDRESS::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .findFirst();
    }

    /** Whether the current process has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** That it has ended, which it never does by itself; empty while it runs. */
    public Optional<String> trouble() {
        return isAlive()
                ? Optional.empty()
                : Optional.of(String.valueOf(failure("the worker has ended").getMessage()));
    }

    /** How its Kafka clients call themselves. */
    public String name() {
        return name;
    }

    /** Whether the current process has been given partitions. */
    public boolean hasPartitions() {
        return logged(": assigned [");
    }

    /** Whether a line of the current log holds this text. */
    public boolean logged(String text) {
        return process.logLines().stream().anyMatch(line -> line.contains(text));
    }

    /** When the current process was given this partition. */
    public List<Instant> assigned(TopicPartition partition) {
        return process.logLines().stream()
                .filter(line -> line.contains(": assigned [") && line.matches(".*\\b" + partition + "[],].*"))
                .map(line -> Instant.parse(line.substring(0, line.indexOf(' '))))
                .toList();
    }

    /** SIGKILL, as the system's out-of-memory killer sends it. */
    public void kill() {
        process.kill();
        disarm();
    }

    /** SIGSTOP: as a long pause of a virtual machine. */
    public void stop() {
        stopped = DeadManSwitch.arm(process.pid(), folder);
        process.signal(Signal.STOP);
    }

    /** SIGCONT. */
    public void goOn() {
        process.signal(Signal.CONT);
        disarm();
    }

    private void disarm() {
        if (stopped != null) {
            stopped.disarm();
            stopped = null;
        }
    }

    /** SIGTERM, and waits for the end, which must be in order. */
    public void drain() {
        process.signal(Signal.TERM);
        if (!process.awaitExit(DRAINED)) {
            throw failure("the worker did not end " + DRAINED.toSeconds() + " s after SIGTERM");
        }
        if (!IN_ORDER.contains(process.exitStatus()) || !logged(" has ended")) {
            throw failure("the worker did not end in order");
        }
    }

    /** A new process in the place of the one that has ended. */
    public void startAgain() {
        if (process.isAlive()) {
            throw new IllegalStateException("process " + process.pid() + " still runs");
        }
        process = launch();
    }

    /** A failure that shows the end of the current log. */
    public IllegalStateException failure(String what) {
        return process.failure(what + " (" + folder + ", start " + starts + ")");
    }

    @Override
    public void close() {
        kill();
    }
}
