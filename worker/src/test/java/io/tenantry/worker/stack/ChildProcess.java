package io.tenantry.worker.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process of its own with its output in a log file. Its standard input is a pipe from this JVM, which the system closes
 * however this JVM ends.
 */
class ChildProcess {
    private static final int TAIL_LINES = 40;

    private final Process process;
    private final Path log;

    ChildProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts a command; the log file is appended to. */
    static ChildProcess start(List<String> command, Path log) {
        return new ChildProcess(launch(command, Map.of(), log), log);
    }

    static Process launch(List<String> command, Map<String, String> environment, Path log) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public void signal(Signal signal) {
        signal.sendTo(pid());
    }

    /** Writes a line to the child's standard input; a child that is gone is no error. */
    public void tell(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException gone) {
            // It needs no word from us any more.
        }
    }

    /** Ends the child's standard input, as the end of this JVM would. */
    public void hangUp() {
        try {
            process.getOutputStream().close();
        } catch (IOException gone) {
            // It needs no word from us any more.
        }
    }

    /** Waits for the child's end, and kills it at the deadline; false when it had to be killed. */
    public boolean awaitExit(Duration deadline) {
        try {
            if (process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
        return false;
    }

    /** Sends SIGKILL and waits for the end, which SIGKILL makes a matter of milliseconds. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** The child's status, null while it runs. */
    public @Nullable Integer exitStatus() {
        return process.isAlive() ? null : process.exitValue();
    }

    public List<String> logLines() {
        try {
            return Files.readAllLines(log);
        } catch (IOException e) {
            return List.of("(log " + log + " is not readable: " + e + ")");
        }
    }

    /** A failure that shows the end of the child's log. */
    public IllegalStateException failure(String what) {
        List<String> lines = logLines();
        List<String> tail = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
        return new IllegalStateException(
                what + "; exit status " + exitStatus() + "; end of its log:\n" + String.join("\n", tail));
    }
}
