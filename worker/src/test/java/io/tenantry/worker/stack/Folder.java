package io.tenantry.worker.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The temporary folder of one server: its data, its settings, its log. */
record Folder(Path path) {
    /** A folder in memory, where the tests' hundreds of databases are made at a tenth of the cost; the build sets it. */
    private static final String IN_MEMORY = "tenantry.test.in-memory";

    private static final long ENOUGH_BYTES = 6L << 30;
    private static final int ATTEMPTS = 5;

    static Folder create(String server) {
        String prefix = "tenantry-" + server + "-";
        try {
            Path memory = Path.of(System.getProperty(IN_MEMORY, ""));
            return new Folder(
                    hasRoom(memory) ? Files.createTempDirectory(memory, prefix) : Files.createTempDirectory(prefix));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A container has little of it. */
    private static boolean hasRoom(Path memory) throws IOException {
        return !memory.toString().isEmpty()
                && Files.isWritable(memory)
                && Files.getFileStore(memory).getUsableSpace() >= ENOUGH_BYTES;
    }

    Path resolve(String name) {
        return path.resolve(name);
    }

    /** Deletes the folder even while a process, soon to end, still writes to it or deletes it as well. */
    void delete() {
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(path); attempt++) {
            for (Path file : deepestFirst()) {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException notEmptyAgain) {
                    // The next attempt sees what was added.
                }
            }
        }
    }

    private List<Path> deepestFirst() {
        try (Stream<Path> tree = Files.walk(path)) {
            return tree.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException | UncheckedIOException vanished) {
            return List.of();
        }
    }
}
