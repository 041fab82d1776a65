package io.tenantry.contracts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A golden sample, from the resources that go into the jar. */
record Sample(String name, Topic topic, String key, Map<String, String> headers, JsonNode value) {
    static final JsonMapper JSON = new JsonMapper();

    static List<Sample> all() {
        List<Sample> samples = new ArrayList<>();
        for (Path file : resources("samples/v1")) {
            samples.add(read(file));
        }
        return samples;
    }

    static Sample named(String name) {
        return all().stream()
                .filter(sample -> sample.name.equals(name))
                .findFirst()
                .orElseThrow();
    }

    boolean isStructured() {
        return name.endsWith(".structured.json");
    }

    boolean isPlain() {
        return name.endsWith(".plain.json");
    }

    /** The file name up to its first dot, as in {@code tenant-created}. */
    EventType type() {
        String fileName = name.substring(0, name.indexOf('.'));
        return Arrays.stream(EventType.values())
                .filter(type -> type.fileName().equals(fileName))
                .findFirst()
                .orElseThrow();
    }

    JsonNode data() {
        return isStructured() ? value.get("data") : value;
    }

    Received received() {
        Received received = Received.on(topic).key(key).value(value.toString());
        headers.forEach(received::header);
        return received;
    }

    Event<?> decode() {
        try {
            return received().decode();
        } catch (InvalidEventException e) {
            throw new AssertionError("sample " + name + " does not decode", e);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /** The files of a folder of the packaged resources, or one file. */
    static List<Path> resources(String path) {
        try {
            Path root = Path.of(URI.create(Objects.requireNonNull(EventCodec.class.getResource(path), path)
                    .toString()));
            try (Stream<Path> files = Files.list(root)) {
                return files.sorted().toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Sample read(Path file) {
        JsonNode json = JSON.readTree(file.toFile());
        Map<String, String> headers = new LinkedHashMap<>();
        json.get("headers")
                .properties()
                .forEach(entry -> headers.put(entry.getKey(), entry.getValue().stringValue()));
        Topic topic = Arrays.stream(Topic.values())
                .filter(known -> known.baseName().equals(json.get("topic").stringValue()))
                .findFirst()
                .orElseThrow();
        return new Sample(
                file.getFileName().toString(), topic, json.get("key").stringValue(), headers, json.get("value"));
    }
}
