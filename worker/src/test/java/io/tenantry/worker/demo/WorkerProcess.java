package io.tenantry.worker.demo;

import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.ChildJvm;
import io.tenantry.worker.stack.EndsWithParent;
import io.tenantry.worker.stack.Signal;
import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The shipped jar in a process of its own, as the README runs it; it ends with this process. */
public final class WorkerProcess implements AutoCloseable {
    private static final String MAIN = "io.tenantry.worker.App";
    private static final Duration COMMAND = Duration.ofSeconds(60);
    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration DRAINED = Duration.ofSeconds(60);
    private static final int ANSWER_MILLIS = 1_000;

    /**
     * What is started.
     *
     * @param jar the shipped one
     * @param settings the configuration file
     * @param log where its output goes
     * @param maxHeap as after -Xmx
     */
    public record Launch(Path jar, Path settings, Path log, String maxHeap) {}

    private final ChildJvm process;

    private WorkerProcess(ChildJvm process) {
        this.process = process;
    }

    /** Runs a command of the jar, and waits for its end. */
    public static void command(String name, Launch launch) {
        ChildJvm process = launch(name, launch);
        process.awaitExit(COMMAND);
        if (!Objects.equals(process.exitStatus(), 0)) {
            throw process.failure("`tenantry " + name + "` did not succeed");
        }
    }

    /** Starts a worker, and waits until it takes requests. */
    public static WorkerProcess start(Launch launch, int httpPort) {
        WorkerProcess worker = new WorkerProcess(launch("run", launch));
        URI health = URI.create("http://127.0.0.1:" + httpPort + "/health/ready");
        try {
            Await.until(READY, "the worker is ready", () -> !worker.process.isAlive() || isReady(health));
        } catch (AssertionError late) {
            worker.close();
            throw worker.process.failure(String.valueOf(late.getMessage()));
        }
        worker.trouble().ifPresent(what -> {
            throw new IllegalStateException(what);
        });
        return worker;
    }

    private static ChildJvm launch(String command, Launch launch) {
        // The jar's logging: this class path has the settings of the tests as well.
        List<String> options = List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:CompileThresholdScaling=0.05",
                "-Xmx" + launch.maxHeap(),
                "-Dlogback.configurationFile=logback.xml");
        return ChildJvm.start(
                launch.jar() + File.pathSeparator + classesOfTests(),
                EndsWithParent.class,
                options,
                List.of(MAIN, command, "--config", launch.settings().toString()),
                launch.log());
    }

    private static Path classesOfTests() {
        try {
            return Path.of(EndsWithParent.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isReady(URI health) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) health.toURL().openConnection();
        connection.setConnectTimeout(ANSWER_MILLIS);
        connection.setReadTimeout(ANSWER_MILLIS);
        try {
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } finally {
            connection.disconnect();
        }
    }

    /** That it has ended, which it never does by itself; empty while it runs. */
    public Optional<String> trouble() {
        return process.isAlive()
                ? Optional.empty()
                : Optional.of(
                        String.valueOf(process.failure("the worker has ended").getMessage()));
    }

    /** A failure that shows the end of the worker's log. */
    public IllegalStateException failure(String what) {
        return process.failure(what);
    }

    /** Stops it in order: it finishes what runs. */
    public void drain() {
        process.signal(Signal.TERM);
        if (!process.awaitExit(DRAINED)) {
            throw process.failure("the worker did not stop " + DRAINED.toSeconds() + " s after SIGTERM");
        }
    }

    /** Ends it at once; safe to call twice. */
    @Override
    public void close() {
        process.kill();
    }
}
