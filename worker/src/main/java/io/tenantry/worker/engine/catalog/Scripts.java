package io.tenantry.worker.engine.catalog;

import io.tenantry.worker.postgres.Sha256;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.internal.util.StringUtils;
import org.jspecify.annotations.Nullable;

/** Migration scripts, read once and held in memory, so that migrating a tenant does not touch the file system. */
public final class Scripts implements ResourceProvider {
    private final Map<String, Script> byRelativePath;

    private Scripts(Map<String, Script> byRelativePath) {
        this.byRelativePath = byRelativePath;
    }

    /** Scripts, and their configurations, by name. */
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
                .filter(script -> StringUtils.startsAndEndsWith(script.getFilename(), prefix, suffixes))
                .<LoadableResource>map(script -> script)
                .toList();
    }

    /** One that is not read from a folder. */
    static LoadableResource script(String name, String text) {
        return new Script(name, text);
    }

    /** One that can be read once. */
    static LoadableResource script(String name, Reader reader) {
        return new Script(name, "") {
            @Override
            public Reader read() {
                return reader;
            }
        };
    }

    /** The text of a script; empty if there is none, as of a migration in Java. */
    public String text(String name) {
        Script script = byRelativePath.get(name);
        return script == null ? "" : script.text;
    }

    /** Whether a configuration of the script changes how Flyway runs it. */
    public boolean isConfigured(String name) {
        Script configuration = byRelativePath.get(name + ScriptName.CONFIGURATION_SUFFIX);
        return configuration != null
                && ScriptConfiguration.of(configuration.relativePath, configuration.text)
                        .changesRun();
    }

    /** The same without these. */
    Scripts without(Set<String> names) {
        Map<String, Script> rest = new TreeMap<>(byRelativePath);
        rest.keySet().removeAll(names);
        return new Scripts(rest);
    }

    /** The same with these of others, if they are there. */
    Scripts with(Scripts others, Set<String> names) {
        Map<String, Script> all = new TreeMap<>(byRelativePath);
        others.byRelativePath.forEach((name, script) -> {
            if (names.contains(name)) {
                all.put(name, script);
            }
        });
        return new Scripts(all);
    }

    /** Names relative to the folder, in order. */
    public List<String> names() {
        return List.copyOf(byRelativePath.keySet());
    }

    /** In the order of their names. */
    public List<String> texts() {
        return byRelativePath.values().stream().map(script -> script.text).toList();
    }

    /** SHA-256 of names and texts, in hex. */
    String digest() {
        Sha256 digest = new Sha256();
        byRelativePath.forEach((name, script) -> {
            for (String part : List.of(name, script.text)) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.add(ByteBuffer.allocate(Integer.BYTES)
                                .putInt(bytes.length)
                                .array())
                        .add(bytes);
            }
        });
        return digest.hex();
    }

    private static class Script extends LoadableResource {
        private final String relativePath;
        private final String text;

        Script(String relativePath, String text) {
            this.relativePath = relativePath;
            this.text = text;
        }

        @Override
        public Reader read() {
            return new ScriptReader(text);
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
