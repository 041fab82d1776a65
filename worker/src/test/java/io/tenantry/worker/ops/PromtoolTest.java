package io.tenantry.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prometheus' own promtool reads the rules, all other expressions and the configuration of the compose stack, and runs the tests of the rules. The program is
 * the one that {@code tenantry.promtool} names, else the one on the path. Without it these tests are skipped, and the
 * build says so; with {@code tenantry.promtool.required} they fail.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PromtoolTest {
    private static final String PROPERTY = "tenantry.promtool";
    private Path promtool = Path.of("");

    @BeforeAll
    void find() {
        Optional<Path> found =
                Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of).or(PromtoolTest::onThePath);
        if (found.isPresent()) {
            promtool = found.get().toAbsolutePath();
            return;
        }
        String message = "promtool is not on the path, so the alerts in ops/prometheus were NOT tested; install it"
                + " (Debian: the package prometheus), or name it with -D" + PROPERTY + "=<file>";
        assertThat(Boolean.getBoolean(PROPERTY + ".required")).as(message).isFalse();
        System.out.println("[WARNING] " + message);
        abort(message);
    }

    @Test
    void theRulesAreValid() throws Exception {
        assertThat(run("check", "rules", OpsFiles.RULES.toString())).contains("SUCCESS");
    }

    @Test
    void theRulesFireWhenTheyShouldAndOnlyThen() throws Exception {
        assertThat(run("test", "rules", OpsFiles.RULE_TESTS.toString())).contains("SUCCESS");
    }

    /** Only rules can be checked, so each expression becomes one. */
    @Test
    void theExpressionsOfDashboardAndRunbooksAreValid(@TempDir Path folder) throws Exception {
        List<Map<String, String>> rules = new ArrayList<>();
        for (MetricNames.Use use : MetricNames.uses()) {
            rules.add(
                    Map.of("record", "rule:" + rules.size(), "expr", use.text().replace("$__rate_interval", "5m")));
        }
        Path file = folder.resolve("rules.yml");
        // YAML contains JSON.
        new ObjectMapper()
                .writeValue(file.toFile(), Map.of("groups", List.of(Map.of("name", "expressions", "rules", rules))));

        assertThat(run("check", "rules", file.toString())).contains("SUCCESS: " + rules.size() + " rules found");
    }

    @Test
    void theConfigurationOfPrometheusIsValid() throws Exception {
        assertThat(run(
                        "check",
                        "config",
                        OpsFiles.OPS.resolve("prometheus/prometheus.yml").toString()))
                .contains("SUCCESS");
    }

    private static Optional<Path> onThePath() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(Pattern.quote(File.pathSeparator), -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "promtool"))
                .filter(tool -> Files.isRegularFile(tool) && Files.isExecutable(tool))
                .findFirst();
    }

    /** What it prints; fails if it fails. */
    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(promtool.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s%n%s", command, output).isZero();
        return output;
    }
}
