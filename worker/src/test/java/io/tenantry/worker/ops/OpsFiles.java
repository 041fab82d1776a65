package io.tenantry.worker.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** Reads the rules, the dashboard and the runbooks under ops/. */
final class OpsFiles {
    static final Path OPS = Path.of("..", "ops");
    static final Path RULES = OPS.resolve("prometheus/tenantry.rules.yml");
    static final Path RULE_TESTS = OPS.resolve("prometheus/tenantry.rules.test.yml");
    static final Path DASHBOARD = OPS.resolve("grafana/tenantry.json");
    private static final Path RUNBOOKS = OPS.resolve("runbooks");

    private OpsFiles() {}

    /**
     * A rule of the rules file.
     *
     * @param name of the alert, or of the recorded metric
     * @param content with the keys of the file
     */
    record Rule(String name, JsonNode content) {
        boolean isAlert() {
            return content.has("alert");
        }

        PromQl expression() {
            return PromQl.of(content.path("expr").asText());
        }

        String annotation(String key) {
            return content.path("annotations").path(key).asText();
        }
    }

    /** All rules, in the order of the file. */
    static List<Rule> rules() throws IOException {
        List<Rule> rules = new ArrayList<>();
        for (JsonNode group : yaml(RULES).path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                rules.add(new Rule(
                        rule.has("alert")
                                ? rule.path("alert").asText()
                                : rule.path("record").asText(),
                        rule));
            }
        }
        return rules;
    }

    /** The alerts, in the order of the file. */
    static List<Rule> alerts() throws IOException {
        return rules().stream().filter(Rule::isAlert).toList();
    }

    /** The labels of each recorded metric: those of the first {@code by} clause of its rule. */
    static Map<String, List<String>> recorded() throws IOException {
        Map<String, List<String>> labels = new TreeMap<>();
        for (Rule rule : rules()) {
            if (!rule.isAlert()) {
                labels.put(rule.name(), rule.expression().groupings().get(0).labels());
            }
        }
        return labels;
    }

    /** The dashboard's JSON. */
    static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(DASHBOARD.toFile());
    }

    /** The text of each runbook, by the name of its alert. */
    static Map<String, String> runbooks() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.list(RUNBOOKS)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.equals("README.md")) {
                    texts.put(name.replaceFirst("\\.md$", ""), Files.readString(file));
                }
            }
        }
        return texts;
    }

    /** A YAML file as a tree. */
    static JsonNode yaml(Path file) throws IOException {
        Object content = new Yaml().load(Files.readString(file));
        return content == null ? JsonNodeFactory.instance.missingNode() : new ObjectMapper().valueToTree(content);
    }
}
