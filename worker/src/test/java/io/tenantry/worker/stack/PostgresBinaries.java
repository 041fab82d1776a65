package io.tenantry.worker.stack;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's binaries, which zonky unpacks in seconds: the first server of a build leaves a copy for all later ones. The
 * copy gets its name when it is complete, so whoever is killed while it copies harms nobody.
 *
 * @param shared where the copy is; null if there is to be none
 */
record PostgresBinaries(@Nullable Path shared) {
    /** The folder of the copy; the build sets it. */
    private static final String PROPERTY = "tenantry.test.binaries";

    static PostgresBinaries ofProperty() {
        String folder = System.getProperty(PROPERTY, "");
        return new PostgresBinaries(folder.isEmpty() ? null : Path.of(folder));
    }

    /** What a JVM must be started with to find them. */
    List<String> jvmOptions() {
        return shared == null ? List.of() : List.of("-D" + PROPERTY + "=" + shared);
    }

    /** Where zonky looks for them, or unpacks them. */
    Path workingDirectory(Folder own) {
        return shared != null && Files.isDirectory(shared) ? shared : own.resolve("binaries");
    }

    /** Leaves the copy, if nobody has. */
    void share(Folder own) throws IOException {
        Path unpacked = own.resolve("binaries");
        if (shared == null || !Files.isDirectory(unpacked) || Files.isDirectory(shared)) {
            return;
        }
        Files.createDirectories(shared.toAbsolutePath().getParent());
        Path draft = Files.createTempDirectory(shared.toAbsolutePath().getParent(), "postgres-draft-");
        copy(unpacked, draft);
        try {
            Files.move(draft, shared, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException another) {
            new Folder(draft).delete();
            if (!Files.isDirectory(shared)) {
                throw another;
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path file : (Iterable<Path>) tree::iterator) {
                Path copy = to.resolve(from.relativize(file));
                try {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
                } catch (FileAlreadyExistsException draft) {
                    // The root.
                }
            }
        }
    }
}
