package io.tenantry.worker.ops.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodSpec;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings of the example are read as in the pod: from the mounted files, with the pod's environment. */
class SettingsInPodTest {
    /** Read by Logback, and no setting. */
    private static final String LOG_FORMAT = "TENANTRY_LOG_FORMAT";

    private final Example example = new Example();

    @TempDir
    private Path root;

    SettingsInPodTest() throws IOException {}

    @Test
    void readsPasswordsFromTheSecret() throws Exception {
        Settings settings = example.settings(root, example.workerPod());

        assertThat(settings.registry().password().reveal()).isEqualTo("registry");
        assertThat(settings.servers().values())
                .isNotEmpty()
                .allSatisfy(server -> assertThat(server.password().reveal()).isEqualTo(server.name()));
    }

    /** The names of ops/security: both documents use the same ones. */
    @Test
    void logsInAsTheRolesThatSecurityCreates() throws Exception {
        Settings settings = example.settings(root, example.workerPod());
        Path scripts = Path.of("..", "ops", "security");
        String roles = Files.readString(scripts.resolve("roles.sql"));

        assertThat(settings.registry().url()).endsWith("/tenantry");
        assertThat(roles).contains("CREATE ROLE " + settings.registry().user() + " LOGIN;");
        assertThat(Files.readString(scripts.resolve("registry.sql")))
                .contains("GRANT CONNECT ON DATABASE tenantry TO "
                        + settings.registry().user() + ";");
        ServerSettings server = Objects.requireNonNull(settings.servers().get("main"));
        assertThat(server.url()).endsWith("/app");
        assertThat(roles).contains("CREATE ROLE " + server.user() + " LOGIN;");
        assertThat(Files.readString(scripts.resolve("server.sql")))
                .contains(" ON DATABASE app TO " + server.user() + ";");
    }

    @Test
    void theTopicsJobReadsTheSameSettings() throws Exception {
        Settings ofWorker = example.settings(Files.createDirectory(root.resolve("worker")), example.workerPod());
        Settings ofTopics = example.settings(Files.createDirectory(root.resolve("topics")), example.topicsPod());

        assertThat(ofTopics.kafka()).isEqualTo(ofWorker.kafka());
    }

    @Test
    void eachVariableIsASetting() throws Exception {
        PodSpec pod = example.workerPod();
        ContainerFiles files = example.mount(root, pod);
        String file = Example.configurationFile(pod);
        Settings all = files.settings(file, files.environment());

        assertThat(files.environment()).containsEntry(LOG_FORMAT, "json");
        for (String name : files.environment().keySet()) {
            Map<String, String> others = new TreeMap<>(files.environment());
            others.remove(name);
            if (!name.equals(LOG_FORMAT) && !name.equals(Example.OPTIONS)) {
                assertThat(files.settings(file, others))
                        .as("the settings without " + name)
                        .isNotEqualTo(all);
            }
        }
    }

    @Test
    void findsTheMigrations() throws Exception {
        Settings settings = example.settings(root, example.workerPod());

        assertThat(settings.databases())
                .singleElement()
                .extracting(DatabaseSettings::migrations)
                .satisfies(folder -> assertThat(visibleFiles(folder))
                        .contains("V1__customers.sql")
                        .containsExactlyInAnyOrderElementsOf(visibleFiles(Rendered.EXAMPLE.resolve("migrations"))));
    }

    /** The API server refuses others. */
    @Test
    void theConfigMapsHaveKeysThatAreAllowed() {
        assertThat(example.rendered().configMaps())
                .containsOnlyKeys("tenantry-settings", "tenantry-migrations")
                .allSatisfy((name, files) ->
                        assertThat(files.keySet()).allMatch(key -> key.matches("[-._a-zA-Z0-9]{1,253}")));
    }

    private static List<String> visibleFiles(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(folder + " cannot be read", e);
        }
    }
}
