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
    private static final int ATTEMPTS = 5;

    static Folder create(String server) {
        try {
            return new Folder(Files.createTempDirectory("tenantry-" + server + "-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
