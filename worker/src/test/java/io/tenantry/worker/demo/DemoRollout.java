package io.tenantry.worker.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A rollout as an operator runs it, and the search for what halted it, by commands of the shipped jar: each is shown as it
 * would be typed, and then what it writes.
 */
final class DemoRollout implements AutoCloseable {
    /** The tenants that get the version first. */
    static final String CANARY = "amber_*";

    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final Screen screen;
    private final ShippedJar jar;
    private final String name;
    private final List<String> faults = new ArrayList<>();
    private volatile @Nullable Process running;

    DemoRollout(Screen screen, ShippedJar jar, String name) {
        this.screen = screen;
        this.jar = jar;
        this.name = name;
    }

    /** Starts it, and watches it until it halts. */
    void startAndHalt(String database, String target) {
        run(1, "start", "--database", database, "--to", target, "--canary", CANARY, "--watch");
    }

    void show() {
        run(0, "show");
    }

    /**
     * Compares the homes of a database with what their migrations make; none may differ.
     */
    void compare(String database) {
        runCommand(0, List.of("drift", "--database", database));
    }

    /**
     * The same; one must differ. The status alone does not say that: homes that cannot be compared have the same.
     *
     * @param expected parts of the output, each in a line of its own: who drifted, and how
     */
    void findDrift(String database, List<String> expected) {
        List<String> arguments = List.of("drift", "--database", database);
        show(arguments);
        Process process = jar.startWithOutput(arguments);
        running = process;
        List<String> lines = process.inputReader().lines().peek(screen::line).toList();
        check(arguments, await(process), 1);
        for (String part : expected) {
            if (lines.stream().noneMatch(line -> line.contains(part))) {
                faults.add("`tenantry " + String.join(" ", arguments) + "` does not say \"" + part + "\"");
            }
        }
    }

    /** Sends the failed tenants again, goes on, and watches it to its end. */
    void goOn() {
        run(0, "retry-failed");
        run(0, "resume");
        run(0, "watch");
    }

    private void run(int expected, String verb, String... options) {
        List<String> arguments = new ArrayList<>(List.of("rollout", verb, name));
        arguments.addAll(List.of(options));
        runCommand(expected, arguments);
    }

    private void runCommand(int expected, List<String> arguments) {
        show(arguments);
        Process process = jar.startOnTerminal(arguments);
        running = process;
        check(arguments, await(process), expected);
    }

    private void show(List<String> arguments) {
        screen.line("");
        screen.line("$ tenantry " + typed(arguments));
        System.out.flush();
    }

    private static String typed(List<String> arguments) {
        return String.join(" ", arguments).replace(CANARY, "'" + CANARY + "'");
    }

    private void check(List<String> arguments, int status, int expected) {
        if (status != expected) {
            faults.add("`tenantry " + typed(arguments) + "` ended with status " + status + "; expected " + expected);
        }
    }

    private static int await(Process process) {
        try {
            if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("a command did not end in " + LONGEST.toSeconds() + " s");
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Commands that did not end as they should, one line each. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    /** Ends the command that runs, if one does; may be called by another thread. */
    @Override
    public void close() {
        Process last = running;
        if (last != null) {
            last.destroy();
        }
    }
}
