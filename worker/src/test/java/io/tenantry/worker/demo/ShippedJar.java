package io.tenantry.worker.demo;

import io.tenantry.worker.scenario.WorkerProcess;
import io.tenantry.worker.stack.ChildJvm;
import io.tenantry.worker.stack.EndsWithParent;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The shipped jar, run as the README runs it; its processes end with this one.
 *
 * @param file the jar
 * @param settings the configuration file
 * @param log where the output of all its processes goes
 * @param maxHeap as after -Xmx
 */
public record ShippedJar(Path file, Path settings, Path log, String maxHeap) {
    private static final String MAIN = "io.tenantry.worker.App";
    private static final List<String> OPTIONS =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:CompileThresholdScaling=0.05");
    private static final Duration COMMAND = Duration.ofMinutes(10);

    /** Runs a command of the jar, and waits for its end. */
    public void command(String... words) {
        ChildJvm process = run(words);
        process.awaitExit(COMMAND);
        if (!Objects.equals(process.exitStatus(), 0)) {
            throw process.failure("`tenantry " + String.join(" ", words) + "` did not succeed");
        }
    }

    /**
     * Starts an operator's command whose input and output are those of this process.
     *
     * @param arguments without those that name the settings
     */
    Process startOnTerminal(List<String> arguments) {
        return start(new ProcessBuilder(command(arguments)).inheritIO());
    }

    /** The same, but what it writes to its output is for the caller to read. */
    Process startWithOutput(List<String> arguments) {
        return start(new ProcessBuilder(command(arguments)).inheritIO().redirectOutput(ProcessBuilder.Redirect.PIPE));
    }

    private List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of("-jar", file.toString()));
        command.addAll(arguments);
        command.addAll(List.of("--config", settings.toString()));
        return command;
    }

    private static Process start(ProcessBuilder command) {
        try {
            return command.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a worker, and waits until it takes requests. */
    public WorkerProcess startWorker() {
        return WorkerProcess.startReady("worker", settings.resolveSibling(""), () -> run("run"));
    }

    private ChildJvm run(String... command) {
        List<String> options = new ArrayList<>(OPTIONS);
        options.add("-Xmx" + maxHeap);
        // The jar's logging: this class path has the settings of the tests as well.
        options.add("-Dlogback.configurationFile=logback.xml");
        List<String> arguments = new ArrayList<>(List.of(MAIN));
        arguments.addAll(List.of(command));
        arguments.addAll(List.of("--config", settings.toString()));
        return ChildJvm.start(
                file + File.pathSeparator + classesOfTests(), EndsWithParent.class, options, arguments, log);
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
}
