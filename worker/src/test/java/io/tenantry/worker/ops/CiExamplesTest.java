package io.tenantry.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.read.SettingsReader;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The examples for CI servers verify each database of their settings by itself, with options that the command has. */
class CiExamplesTest {
    private static final Map<String, String> VARIABLES =
            Map.of("CI_POSTGRES_URL", "jdbc:postgresql://localhost:5432/postgres", "CI_POSTGRES_PASSWORD", "ci");

    @Test
    void bothNameTheDatabasesOfTheirSettings() throws Exception {
        List<String> databases = SettingsReader.readForServers(
                        OpsFiles.OPS.resolve("ci/tenantry.yaml"), VARIABLES, new Properties())
                .databases()
                .stream()
                .peek(database -> assertThat(Files.isDirectory(ComposeFile.TOP.resolve(database.migrations())))
                        .as(database.name())
                        .isTrue())
                .map(DatabaseSettings::name)
                .toList();

        Map<String, Object> github = ComposeFile.yamlOf("ops/ci/github.yml");
        Map<String, Object> gitlab = ComposeFile.yamlOf("ops/ci/gitlab.yml");
        assertThat(at(github, "jobs", "verify", "strategy", "matrix", "database"))
                .isEqualTo(databases);
        assertThat(at(gitlab, "verify", "parallel", "matrix").toString()).isEqualTo("[{DATABASE=" + databases + "}]");
        assertThat(List.of(
                        at(github, "jobs", "verify", "steps").toString(),
                        at(gitlab, "verify", "script").toString()))
                .allSatisfy(steps -> assertThat(steps)
                        .containsPattern(
                                "verify --config ops/ci/tenantry.yaml --database \\S+.* --against \\S+.* --junit"));
    }

    private static Object at(Object root, String... keys) {
        Object found = root;
        for (String key : keys) {
            found = Objects.requireNonNull(found instanceof Map<?, ?> mapping ? mapping.get(key) : null, key);
        }
        return found;
    }
}
