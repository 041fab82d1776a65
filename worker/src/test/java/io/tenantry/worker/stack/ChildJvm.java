package io.tenantry.worker.stack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A {@link ChildProcess} that is a JVM: its {@link ParentWatch} sees that this JVM has ended. */
public final class ChildJvm extends ChildProcess {
    /** By class path. Its folders stay as they are while this JVM runs, and to look at each of their files takes time. */
    private static final Map<String, String> JARS = new ConcurrentHashMap<>();

    private final Optional<ClassRecording> recording;

    private ChildJvm(Process process, Path log, Optional<ClassRecording> recording) {
        super(process, log);
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

    /** Starts a class that runs a program and has the same classes; {@code records} as above. */
    public static ChildJvm start(
            Class<?> program,
            Class<?> main,
            boolean records,
            List<String> jvmOptions,
            List<String> arguments,
            Path log) {
        ClassArchives archives = ClassArchives.ofProperty();
        String classPath = JARS.computeIfAbsent(System.getProperty("java.class.path"), archives::jars);
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
        List<String> command = new ArrayList<>(IgnoredSignals.restored());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add(main.getName());
        command.addAll(arguments);
        // Not on the command line, where the class path of a build can be too long.
        return launch(command, Map.of("CLASSPATH", classPath), log);
    }

    /**
     * Lets the child write its program's archive of classes, if it is the one that records them, which halts it for a
     * second: to be called when it is ready and before it works.
     */
    public void archiveClasses() {
        if (isAlive()) {
            recording.ifPresent(open -> open.write(pid()));
        }
    }
}
