package io.tenantry.worker.scenario;

import io.tenantry.worker.App;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.ChildJvm;
import io.tenantry.worker.stack.Signal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of the application, with its output. */
public final class AppProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ASSIGNED = "assigned [";
    /** In JSON a slash may be escaped. */
    private static final Pattern HTTP = Pattern.compile("metrics and health at \\\\?/([^\\s\"]+)");
    /** The log is the one of the product, not the one of the tests. */
    static final List<String> JVM_OPTIONS = List.of(
            "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlogback.configurationFile=logback.xml");

    private final HttpClient client = HttpClient.newHttpClient();
    private final ChildJvm jvm;

    private AppProcess(ChildJvm jvm) {
        this.jvm = jvm;
    }

    /** @param records whether it may be the process that records the classes of a worker, once it has joined its group */
    static AppProcess start(boolean records, List<String> moreJvmOptions, List<String> arguments, Path log) {
        List<String> options = new ArrayList<>(JVM_OPTIONS);
        options.addAll(moreJvmOptions);
        return new AppProcess(ChildJvm.startProgram(App.class, records, options, arguments, log));
    }

    /** What is on the screen: standard output and standard error. */
    public List<String> output() {
        return jvm.logLines();
    }

    /** Waits until it writes a line with this in it. */
    public AppProcess awaitOutput(String part) {
        Await.until(
                PATIENCE,
                "the process writes: " + part,
                () -> !jvm.isAlive() || output().stream().anyMatch(line -> line.contains(part)));
        if (output().stream().noneMatch(line -> line.contains(part))) {
            throw jvm.failure("the process ended before it wrote: " + part);
        }
        return this;
    }

    /** Waits until it has joined its group. */
    public AppProcess awaitAssignment() {
        awaitOutput(ASSIGNED);
        jvm.archiveClasses();
        return this;
    }

    /** Sends it a signal. */
    public void signal(Signal signal) {
        jvm.signal(signal);
    }

    /** Waits for its end; returns its exit status. */
    public int awaitExit() {
        return awaitExit(PATIENCE);
    }

    /** Waits for its end, so long at most; returns its exit status. */
    public int awaitExit(Duration deadline) {
        if (!jvm.awaitExit(deadline)) {
            throw jvm.failure("the process did not end in " + deadline.toSeconds() + " s");
        }
        return Objects.requireNonNull(jvm.exitStatus());
    }

    /** The answer of its HTTP endpoint to a GET. */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        Matcher address = HTTP.matcher(String.join("\n", output()));
        if (!address.find()) {
            throw jvm.failure("the process has not said where its HTTP endpoint is");
        }
        return client.send(
                HttpRequest.newBuilder(URI.create("http://" + address.group(1) + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** What its HTTP endpoint says of a metric, of all labels together. */
    public double metric(String name) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** Kills it, if it is alive. */
    @Override
    public void close() {
        jvm.kill();
    }
}
