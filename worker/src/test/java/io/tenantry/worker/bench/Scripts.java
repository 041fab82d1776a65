package io.tenantry.worker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The migrations of the benchmark, the same for every contestant. */
public final class Scripts {
    private Scripts() {}

    /** The texts of a release's own migrations, in the order of their versions. */
    public static List<String> texts(String release) {
        return files(release).stream().map(Scripts::read).toList();
    }

    /** Adds a release's own migrations to a folder. */
    static void install(String release, Path folder) {
        try {
            Files.createDirectories(folder);
            for (Path file : files(release)) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Adds migrations that cost the same: each is the one of the second release with names of its own. */
    static void installSeries(int firstVersion, int lastVersion, Path folder) {
        String text = texts("release2").get(0);
        try {
            for (int version = firstVersion; version <= lastVersion; version++) {
                Files.writeString(
                        folder.resolve("V" + version + "__close_tasks.sql"),
                        text.replace("closed_at", "closed_at_" + version));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<Path> files(String release) {
        URL found = Objects.requireNonNull(Scripts.class.getResource("/bench/" + release), release);
        try (Stream<Path> files = Files.list(Path.of(found.toURI()))) {
            return files.sorted(Comparator.comparingInt(Scripts::version)).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static int version(Path file) {
        String name = file.getFileName().toString();
        return Integer.parseInt(name.substring(1, name.indexOf("__")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
