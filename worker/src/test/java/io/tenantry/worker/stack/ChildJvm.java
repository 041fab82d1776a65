package io.tenantry.worker.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A JVM of its own with its output in a log file. Its standard input is a pipe from this
 * JVM: the system closes it whatever ends this JVM, and the child's {@link ParentWatch} sees that.
 */
public final class ChildJvm {
    private static final int TAIL_LINES = 40;

    private final Process process;
    private final Path log;
    private final Optional<ClassRecording> recording;

    private ChildJvm(Process process, Path log, Optional<ClassRecording> recording) {
        this.process = process;
        this.log = log;
        this.recording = recording;
        recording.ifPresent(open -> {
            var unused = process.onExit().thenRun(open::end);
        });
    }

    /** Starts a class that has a main method, on this JVM's class path; the log file is appended to. */
    static ChildJvm start(Class<?> main, List<String> jvmOptions, List<String> arguments, Path log) {
        return start(main, main, true, jvmOptions, arguments, log);
    }

    /**
     * Starts a program that knows nothing of its parent, on this JVM's class path, in a process that ends with this one;
     * the log file is appended to.
     *
     * @param records whether it can be asked for its classes: false for a process that may never be ready
     */
    public static ChildJvm startProgram(
            Class<?> program, boolean records, List<String> jvmOptions, List<String> arguments, Path log) {
        List<String> all = new ArrayList<>(List.of(program.getName()));
        all.addAll(arguments);
        return start(program, EndsWithParent.class, records, jvmOptions, all, log);
    }

    private static ChildJvm start(
            Class<?> program,
            Class<?> main,
            boolean records,
            List<String> jvmOptions,
            List<String> arguments,
            Path log) {
        ClassArchives archives = ClassArchives.ofProperty();
        String classPath = archives.jars(System.getProperty("java.class.path"));
        Optional<ClassArchive> archive = archives.of(program, classPath);
        Optional<ClassArchive> usable = archive.filter(ClassArchive::exists);
        Optional<ClassRecording> recording =
                usable.isEmpty() && records ? archive.flatMap(ClassArchive::claim) : Optional.empty();
        List<String> options = new ArrayList<>(jvmOptions);
        usable.ifPresent(existing -> options.addAll(existing.useOptions()));
        recording.ifPresent(claimed -> options.addAll(claimed.jvmOptions()));
        return new ChildJvm(launch(classPath, main, options, arguments, log), log, recording);
    }

    /** Starts a class that has a main method, on a class path of its own; the log file is appended to. */
    public static ChildJvm start(
            String classPath, Class<?> main, List<String> jvmOptions, List<String> arguments, Path log) {
        return new ChildJvm(launch(classPath, main, jvmOptions, arguments, log), log, Optional.empty());
    }

    private static Process launch(
            String classPath, Class<?> main, List<String> jvmOptions, List<String> arguments, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add(main.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // Not on the command line, where the class path of a build can be too long.
        builder.environment().put("CLASSPATH", classPath);
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

    /**
     * Lets the child write its program's archive of classes, if it is the one that records them, which halts it for a
     * second: to be called when it is ready and before it works.
     */
    public void archiveClasses() {
        if (process.isAlive()) {
            recording.ifPresent(open -> open.write(pid()));
        }
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
