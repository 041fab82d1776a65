package io.tenantry.worker.stack;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The classes of one program for <a href="https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html">class data
 * sharing</a>: a child JVM maps them instead of reading and verifying them, which is a third of the work of its start. One
 * process of the program writes the archive, once a build. A JVM that cannot use the archive starts without it.
 *
 * @param file where the archive is, or will be; the name is another one for another class path
 */
record ClassArchive(Path file) {
    private static final int DEADLINE_SECONDS = 30;

    /** What a JVM must be started with: to use the archive, or to be able to write it. */
    List<String> jvmOptions() {
        if (Files.exists(file)) {
            return List.of("-XX:SharedArchiveFile=" + file, "-Xshare:auto", "-Xlog:disable", "-Xlog:all=error:stderr");
        }
        return List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+RecordDynamicDumpInfo");
    }

    /** Lets a process write the archive, unless another one has or does; if it fails, the build has no archive. */
    void writtenBy(long pid) {
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        try {
            // Whoever makes the claim is the only one that writes.
            Files.createFile(file.resolveSibling(file.getFileName() + ".claim"));
            if (dump(pid, draft) && Files.exists(draft)) {
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (FileAlreadyExistsException claimed) {
            // Another one has it.
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
