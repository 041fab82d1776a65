package io.tenantry.worker.ops.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What kubectl renders is what the other tests look at. */
class RenderTest {
    private static final Pattern HASH = Pattern.compile("(tenantry-(?:settings|migrations))-[a-z0-9]{10}");

    @TempDir
    private Path folder;

    @Test
    void kubectlRendersTheSame() throws Exception {
        assumeTrue(isThere("kubectl"), "kubectl is not installed: the example is not rendered");
        String yaml = kubectlKustomize(Rendered.EXAMPLE);
        assertThat(HASH.matcher(yaml).results().count())
                .as("the ConfigMaps and each use of them have names with the hash of the files")
                .isEqualTo(5);

        Map<String, Map<String, Object>> rendered = new TreeMap<>();
        for (Document document : Document.of("kubectl", HASH.matcher(yaml).replaceAll("$1"))) {
            rendered.put(document.kind() + " " + document.name(), document.fields());
        }
        assertThat(rendered).isEqualTo(expected());
    }

    private static Map<String, Map<String, Object>> expected() throws IOException {
        Rendered example = Rendered.of(Rendered.EXAMPLE);
        List<Document> documents = new ArrayList<>(example.documents());
        for (Map.Entry<String, Map<String, Path>> map : example.configMaps().entrySet()) {
            Map<String, Object> data = new LinkedHashMap<>();
            for (Map.Entry<String, Path> file : map.getValue().entrySet()) {
                data.put(file.getKey(), Files.readString(file.getValue()));
            }
            documents.add(new Document(
                    "configMapGenerator",
                    new HashMap<>(Map.of(
                            "apiVersion",
                            "v1",
                            "kind",
                            "ConfigMap",
                            "metadata",
                            Map.of("name", map.getKey()),
                            "data",
                            data))));
        }
        Map<String, Map<String, Object>> expected = new TreeMap<>();
        for (Document document : documents) {
            Map<String, Object> fields = document.kind().equals("Namespace")
                    ? document.fields()
                    : Fields.merged(document.fields(), Map.of("metadata", Map.of("namespace", "tenantry")));
            expected.put(document.kind() + " " + document.name(), withImage(fields));
        }
        return expected;
    }

    /** With the name that the overlay gives the image. */
    private static Map<String, Object> withImage(Map<String, Object> fields) {
        Map<String, Object> changed = new LinkedHashMap<>();
        fields.forEach((key, value) -> changed.put(key, value instanceof Map ? withImage(Fields.map(value)) : value));
        if (changed.get("containers") instanceof List<?> containers) {
            Map<String, Object> container = new LinkedHashMap<>(Fields.map(containers.get(0)));
            container.put("image", "registry.example.com/tenantry:0.1.0");
            changed.put("containers", List.of(container));
        }
        return changed;
    }

    private String kubectlKustomize(Path overlay) throws Exception {
        Path output = folder.resolve("rendered.yaml");
        Process kubectl = new ProcessBuilder("kubectl", "kustomize", overlay.toString())
                .redirectOutput(output.toFile())
                .redirectErrorStream(true)
                .start();
        assertThat(kubectl.waitFor()).as("%s", output).isZero();
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    private static boolean isThere(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
