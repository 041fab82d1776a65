package io.tenantry.worker.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One of the cases after public bug reports, whose input is in {@code cases/} of the test resources: one database {@code
 * users}, whose tenants live in the schemas {@code tenant_<tenant>}.
 */
public final class PublicCase implements AutoCloseable {
    private static final String DATABASE = "users";

    private final Path input;
    private final Deployment deployment = Deployment.create();

    private PublicCase(Path input) {
        this.input = input;
        deployment.database(DATABASE);
        deployment.with("databases." + DATABASE + ".location", "tenant_{tenant}");
    }

    /** The case of this folder; its topics are made, no worker runs yet, and {@code setup.sql} was run if there is one. */
    public static PublicCase of(String name) {
        PublicCase opened = new PublicCase(folder(name));
        opened.deployment.withTopics();
        if (Files.exists(opened.input.resolve("setup.sql"))) {
            opened.run("setup.sql");
        }
        return opened;
    }

    private static Path folder(String name) {
        try {
            URL found = PublicCase.class.getResource("/cases/" + name);
            return Path.of(Objects.requireNonNull(found, "no case " + name).toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Topics, databases and settings. */
    public Deployment deployment() {
        return deployment;
    }

    /** Puts the first release's migrations in place. */
    public PublicCase release1() {
        return release("migrations");
    }

    /** Puts the second release's migrations in place. */
    public PublicCase release2() {
        return release("migrations-2");
    }

    /** Puts the migrations of this folder in place, byte for byte, and nothing else. */
    public PublicCase release(String folder) {
        put(input.resolve(folder), deployment.database(DATABASE));
        return this;
    }

    /** Puts the migrations of this folder of a case in place, byte for byte, and nothing else. */
    public static void put(String name, String folder, Migrations database) {
        put(folder(name).resolve(folder), database);
    }

    private static void put(Path source, Migrations database) {
        Path target = database.folder();
        try {
            try (Stream<Path> old = Files.walk(target)) {
                for (Path file : old.sorted(Comparator.reverseOrder()).toList()) {
                    if (!file.equals(target)) {
                        Files.delete(file);
                    }
                }
            }
            try (Stream<Path> files = Files.walk(source)) {
                for (Path file : files.toList()) {
                    if (!file.equals(source)) {
                        Files.copy(file, target.resolve(source.relativize(file).toString()));
                    }
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Runs {@code between.sql}. */
    public PublicCase between() {
        run("between.sql");
        return this;
    }

    private void run(String file) {
        deployment.execute(text(file));
    }

    /** The text of a file of the case. */
    public String text(String file) {
        try {
            return Files.readString(input.resolve(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Publishes the records of {@code events.json}, in order. */
    public void publishEvents() {
        try {
            for (JsonNode event : new ObjectMapper().readTree(text("events.json"))) {
                publish(event);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void publish(JsonNode event) {
        Map<String, String> headers = new LinkedHashMap<>();
        event.path("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asText()));
        deployment.events().raw(event.path("topic").asText(), key(event), value(event), headers);
    }

    private static @Nullable String key(JsonNode event) {
        return event.hasNonNull("key_base64")
                ? new String(Base64.getDecoder().decode(event.path("key_base64").asText()), StandardCharsets.UTF_8)
                : event.hasNonNull("key") ? event.path("key").asText() : null;
    }

    private static byte @Nullable [] value(JsonNode event) {
        if (event.hasNonNull("value_base64")) {
            return Base64.getDecoder().decode(event.path("value_base64").asText());
        }
        if (event.hasNonNull("value_text")) {
            return event.path("value_text").asText().getBytes(StandardCharsets.UTF_8);
        }
        return event.hasNonNull("value") ? event.path("value").toString().getBytes(StandardCharsets.UTF_8) : null;
    }

    @Override
    public void close() throws Exception {
        deployment.close();
    }
}
