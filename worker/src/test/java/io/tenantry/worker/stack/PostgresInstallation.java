package io.tenantry.worker.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * PostgreSQL's binaries and the data of a new server, which take seconds to unpack and to make: the first server of a build
 * leaves them for all later ones.
 *
 * @param path its folder
 */
record PostgresInstallation(Path path) {
    /** The folder of the installation; the build sets it. */
    private static final String PROPERTY = "tenantry.test.binaries";

    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final List<String> SMALL = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /** What a JVM must be started with to find it. */
    static List<String> jvmOptions() {
        String shared = System.getProperty(PROPERTY, "");
        return shared.isEmpty() ? List.of() : List.of("-D" + PROPERTY + "=" + shared);
    }

    /**
     * The one of this build, which the first call makes; if the build has none, one in the server's own folder.
     */
    static PostgresInstallation find(Folder own) {
        String property = System.getProperty(PROPERTY, "");
        Path shared = property.isEmpty()
                ? own.resolve("installation")
                : Path.of(property).toAbsolutePath();
        synchronized (PostgresInstallation.class) {
            if (!Files.isDirectory(shared)) {
                install(own, shared);
            }
        }
        return new PostgresInstallation(shared);
    }

    /** It gets its name when it is complete, so a process that is killed meanwhile harms nobody. */
    private static void install(Folder own, Path shared) {
        try {
            Files.createDirectories(shared.getParent());
            Path draft = Files.createTempDirectory(shared.getParent(), "postgres-draft-");
            ChildJvm installer = ChildJvm.start(
                    PostgresInstaller.class, options(own), List.of(draft.toString()), own.resolve("installation.log"));
            installer.awaitExit(DEADLINE);
            if (!Integer.valueOf(0).equals(installer.exitStatus())) {
                throw installer.failure("PostgreSQL could not be installed");
            }
            move(draft, shared);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> options(Folder own) {
        return Stream.concat(SMALL.stream(), Stream.of("-Djava.io.tmpdir=" + own.path()))
                .toList();
    }

    private static void move(Path draft, Path shared) throws IOException {
        try {
            Files.move(draft, shared, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException another) {
            new Folder(draft).delete();
            if (!Files.isDirectory(shared)) {
                throw another;
            }
        }
    }

    /** The program of the server. */
    Path postgres() {
        try (Stream<Path> folders = Files.list(path)) {
            return folders.map(folder -> folder.resolve("bin").resolve("postgres"))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            path + " has no bin/postgres; delete this folder, the next start makes it again"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What initdb leaves. */
    Path newData() {
        return newData(path);
    }

    static Path newData(Path installation) {
        return installation.resolve("new-data");
    }
}
