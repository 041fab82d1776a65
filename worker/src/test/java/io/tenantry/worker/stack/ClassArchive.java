package io.tenantry.worker.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The classes of one program for <a href="https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html">class data
 * sharing</a>: a child JVM maps them instead of reading and verifying them, which is a third of the work of its start. One
 * process of the program records its classes and writes the archive, once a build. Recording costs time at the start and at
 * the end of a process, so the others start without it. A JVM that cannot use the archive starts without it.
 *
 * @param file where the archive is, or will be; the name is another one for another class path
 */
record ClassArchive(Path file) {
    private static final int DEADLINE_SECONDS = 30;

    boolean exists() {
        return Files.exists(file);
    }

    /** The options of a JVM that uses the archive. */
    List<String> useOptions() {
        return quiet("-XX:SharedArchiveFile=" + file, "-Xshare:auto");
    }

    /** The options of a JVM that can write the archive. */
    List<String> recordOptions() {
        return quiet("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+RecordDynamicDumpInfo");
    }

    /** The JVM's own log stays out of the program's output. */
    private static List<String> quiet(String... own) {
        List<String> options = new ArrayList<>(List.of(own));
        options.addAll(List.of("-Xlog:disable", "-Xlog:all=error:stderr"));
        return options;
    }

    /** The right of one process to write the archive; empty if another process has it. */
    Optional<ClassRecording> claim() {
        try {
            Files.createFile(claimFile());
            return Optional.of(new ClassRecording(this));
        } catch (FileAlreadyExistsException claimed) {
            return Optional.empty();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Another process may claim it. */
    void release() {
        try {
            Files.deleteIfExists(claimFile());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Path claimFile() {
        return file.resolveSibling(file.getFileName() + ".claim");
    }

    /** Lets a process write the archive; if it fails, the build has no archive. */
    void writtenBy(long pid) {
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        try {
            if (dump(pid, draft) && Files.exists(draft)) {
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException failure) {
            System.err.println("no class archive " + file + ", child JVMs start without: " + failure);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean dump(long pid, Path target) throws IOException, InterruptedException {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process jcmd = new ProcessBuilder(
                        tool.toString(),
                        "-J-XX:TieredStopAtLevel=1",
                        Long.toString(pid),
                        "VM.cds",
                        "dynamic_dump",
                        target.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (jcmd.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            return jcmd.exitValue() == 0;
        }
        jcmd.destroyForcibly();
        return false;
    }
}
