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

    /** Deletes what can be deleted; another process may be doing the same, or still be writing. */
    void delete() {
        if (!Files.exists(path)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> tree = Files.walk(path)) {
            deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException | UncheckedIOException vanished) {
            deepestFirst = List.of();
        }
        for (Path file : deepestFirst) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException stillInUse) {
                // Whoever still uses it deletes it too.
            }
        }
    }
}
