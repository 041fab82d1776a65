package io.tenantry.worker.engine;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/** Migration scripts, read once and held in memory, so that no tenant's migration touches the file system. */
final class Scripts implements ResourceProvider {
    /** Flyway's own default. */
    private static final String SUFFIX = ".sql";

    private final Map<String, Script> byRelativePath;

    private Scripts(Map<String, Script> byRelativePath) {
        this.byRelativePath = byRelativePath;
    }

    /**
     * Reads the scripts of the folder and its subfolders, and their configurations. As Flyway does it, links are followed
     * and what is hidden is passed over: that is how Kubernetes mounts files that may change.
     *
     * @throws IOException if one cannot be read, or is not in UTF-8
     */
    static Scripts ofFolder(Path folder) throws IOException {
        Map<String, Script> scripts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                if (isScript(name) && !Files.isDirectory(file)) {
                    scripts.put(name, new Script(name, Files.readString(file, StandardCharsets.UTF_8)));
                }
            }
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
        return new Scripts(scripts);
    }

    private static boolean isScript(String name) {
        return (name.endsWith(SUFFIX) || name.endsWith(SUFFIX + ".conf"))
                && !name.startsWith(".")
                && !name.contains("/.");
    }

    /** Scripts by name, as they come in the jar. */
    static Scripts of(Map<String, String> textByName) {
        Map<String, Script> scripts = new TreeMap<>();
        textByName.forEach((name, text) -> scripts.put(name, new Script(name, text)));
        return new Scripts(scripts);
    }

    @Override
    public @Nullable LoadableResource getResource(String name) {
        return byRelativePath.get(name);
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return byRelativePath.values().stream()
                .filter(script -> script.getFilename().startsWith(prefix))
                .filter(script -> Stream.of(suffixes).anyMatch(script.getFilename()::endsWith))
                .<LoadableResource>map(script -> script)
                .toList();
    }

    /** One that is not read from a folder. */
    static LoadableResource script(String name, String text) {
        return new Script(name, text);
    }

    /** The text of a script; empty if there is none, as of a migration in Java. */
    String text(String name) {
        Script script = byRelativePath.get(name);
        return script == null ? "" : script.text;
    }

    /** The same without these. */
    Scripts without(Set<String> names) {
        Map<String, Script> rest = new TreeMap<>(byRelativePath);
        rest.keySet().removeAll(names);
        return new Scripts(rest);
    }

    /** Names relative to the folder, in order. */
    List<String> names() {
        return List.copyOf(byRelativePath.keySet());
    }

    /** In the order of their names. */
    List<String> texts() {
        return byRelativePath.values().stream().map(script -> script.text).toList();
    }

    /** SHA-256 of names and texts. */
    byte[] digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byRelativePath.forEach((name, script) -> {
                for (String part : List.of(name, script.text)) {
                    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                    digest.update(ByteBuffer.allocate(Integer.BYTES)
                            .putInt(bytes.length)
                            .array());
                    digest.update(bytes);
                }
            });
            return digest.digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private static final class Script extends LoadableResource {
        private final String relativePath;
        private final String text;

        Script(String relativePath, String text) {
            this.relativePath = relativePath;
            this.text = text;
        }

        @Override
        public Reader read() {
            return new StringReader(text);
        }

        @Override
        public String getAbsolutePath() {
            return relativePath;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return relativePath;
        }

        @Override
        public String getFilename() {
            return relativePath.substring(relativePath.lastIndexOf('/') + 1);
        }

        @Override
        public String getRelativePath() {
            return relativePath;
        }
    }
}
