package io.tenantry.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.Settings;
import io.tenantry.worker.config.read.SettingVariables;
import io.tenantry.worker.config.read.SettingsReader;
import io.tenantry.worker.ops.ComposeFile.Service;
import io.tenantry.worker.stack.ServerImages;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docker-compose.yml without Docker: what it names exists, and nothing in it is open or secret. */
class ComposeFileTest {
    private static final ComposeFile FILE = ComposeFile.read();
    private static final String LOOPBACK = "127.0.0.1:";
    /** Of the schema of docker-compose 1.29, what is of use here. A key that is not in it ends 1.29 with an error. */
    private static final Set<String> SERVICE_KEYS = Set.of(
            "build",
            "cap_drop",
            "command",
            "depends_on",
            "deploy",
            "entrypoint",
            "environment",
            "healthcheck",
            "hostname",
            "image",
            "mem_limit",
            "ports",
            "read_only",
            "restart",
            "security_opt",
            "stop_grace_period",
            "tmpfs",
            "user",
            "volumes");

    /** The first word of a line, or after a pipe. */
    private static final Pattern COMMAND =
            Pattern.compile("(?:^|\\|)\\h*(?:do )?([a-z]+)(?= |$)([^|]*)", Pattern.MULTILINE);

    private static final Set<String> WORDS_OF_BASH = Set.of("set", "shift", "for", "while", "echo", "done");

    private static final Set<String> HEALTHCHECK_KEYS =
            Set.of("disable", "interval", "retries", "start_period", "test", "timeout");

    static Stream<Service> services() {
        return FILE.services();
    }

    @Test
    void composeOneCanReadTheTop() {
        assertThat(FILE.root().keySet()).isSubsetOf("services", "volumes", "x-tenantry");
    }

    @ParameterizedTest
    @MethodSource("services")
    void composeOneCanReadAService(Service service) {
        assertThat(service.keys().keySet()).isSubsetOf(SERVICE_KEYS);
        assertThat(service.mapping("healthcheck").keySet()).isSubsetOf(HEALTHCHECK_KEYS);
        assertThat(service.mapping("depends_on").values())
                .allSatisfy(dependency ->
                        assertThat(ComposeFile.mapping(dependency).keySet()).containsExactly("condition"));
    }

    @ParameterizedTest
    @MethodSource("services")
    void portsOfThisMachineAreOnLoopback(Service service) {
        assertThat(service.list("ports")).allMatch(port -> port.startsWith(LOOPBACK));
    }

    @ParameterizedTest
    @MethodSource("services")
    void noPasswordIsInTheFile(Service service) {
        service.mapping("environment").forEach((name, value) -> {
            if (name.matches(".*(PASSWORD|SECRET|TOKEN).*")) {
                assertThat(String.valueOf(value)).as(name).matches("\\$\\{[A-Z_]+:\\?[^}]*}");
            }
        });
    }

    @Test
    void theExampleHasEachVariableAndNoOther() {
        assertThat(ComposeFile.example().keySet()).isEqualTo(FILE.variables());
        assertThat(ComposeFile.example().values()).allMatch(value -> !value.isBlank());
    }

    @Test
    void theServersAreThoseOfTheTests() {
        assertThat(FILE.service("kafka").text("image")).isEqualTo(ServerImages.KAFKA);
        assertThat(FILE.service("postgres").text("image")).isEqualTo(ServerImages.POSTGRES);
    }

    @ParameterizedTest
    @MethodSource("services")
    void imagesHaveATag(Service service) {
        if (!service.text("image").equals("tenantry")) {
            assertThat(service.text("image")).matches(".+:v?\\d[\\w.]*");
        }
    }

    @ParameterizedTest
    @MethodSource("services")
    void theOrderIsGatedByHealth(Service service) {
        service.mapping("depends_on").forEach((name, dependency) -> {
            Map<String, Object> check = FILE.service(name).mapping("healthcheck");
            String condition = String.valueOf(ComposeFile.mapping(dependency).get("condition"));
            assertThat(condition)
                    .as("%s waits for %s", service, name)
                    .isEqualTo(check.containsKey("test") ? "service_healthy" : "service_completed_successfully");
        });
    }

    @ParameterizedTest
    @MethodSource("services")
    void filesThatAreMountedExist(Service service) {
        Set<String> volumes = ComposeFile.mapping(FILE.root().get("volumes")).keySet();
        for (String volume : service.list("volumes")) {
            String source = volume.split(":", 2)[0];
            if (source.startsWith("./")) {
                assertThat(ComposeFile.TOP.resolve(source)).exists();
                assertThat(volume).endsWith(":ro");
            } else {
                assertThat(volumes).contains(source);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("services")
    void whatIsSetForTheWorkerIsASetting(Service service) {
        assertThat(service.mapping("environment").keySet())
                .filteredOn(name -> name.startsWith("TENANTRY_"))
                .allMatch(SettingVariables::isSetting);
    }

    /** Kafka's image has bash. Its sed is that of BusyBox, which has no {@code -u}. */
    @Test
    void theScriptsForKafkasContainerUseOnlyWhatItHas() {
        List<String> scripts = FILE.service("kafka").list("volumes").stream()
                .filter(volume -> volume.contains(":/usr/local/bin/"))
                .map(volume -> ComposeFile.textOf(volume.split(":", 2)[0]))
                .toList();
        assertThat(scripts).hasSize(2);
        for (String script : scripts) {
            assertThat(script).startsWith("#!/bin/bash\n");
            List<MatchResult> commands = COMMAND.matcher(
                            script.replaceAll("(?m)^#.*", "").replace("\\\n", ""))
                    .results()
                    .filter(command -> !WORDS_OF_BASH.contains(command.group(1)))
                    .toList();
            assertThat(commands).allSatisfy(command -> {
                assertThat(command.group(1)).isEqualTo("sed");
                assertThat(command.group(2)).matches("( +-E| +-e '.*)+\\s*");
            });
        }
        assertThat(scripts).anyMatch(script -> script.contains("  sed -E "));
    }

    @Test
    void theSettingsAreAccepted() throws Exception {
        Settings settings = exampleSettings();

        assertThat(settings.databases())
                .allSatisfy(database -> assertThat(
                                ComposeFile.TOP.resolve("ops/docker/example").resolve(database.migrations()))
                        .isNotEmptyDirectory());
        assertThat(settings.kafka().bootstrapServers())
                .isSubstringOf(String.valueOf(
                        FILE.service("kafka").mapping("environment").get("KAFKA_ADVERTISED_LISTENERS")));
    }

    @Test
    void aWorkerHasTheTimeToDrain() throws Exception {
        long drain = exampleSettings().worker().drainTimeout().toSeconds();

        assertThat(FILE.service("worker").text("stop_grace_period")).isEqualTo(drain + 15 + "s");
    }

    /** docker-compose 1.29 refuses replicas beside scale. */
    @Test
    void twoWorkersStart() {
        assertThat(FILE.service("worker").mapping("deploy")).containsExactly(Map.entry("replicas", 2));
    }

    @Test
    void moreWorkersNeedNoMorePorts() {
        assertThat(FILE.service("worker").list("ports")).containsExactly(LOOPBACK + ":8080");
    }

    @Test
    void nativeLibrariesCanBeLoadedThoughTheRootIsReadOnly() {
        Service worker = FILE.service("worker");

        assertThat(worker.keys()).containsEntry("read_only", true);
        assertThat(worker.list("tmpfs")).singleElement().asString().startsWith("/tmp:exec");
    }

    @Test
    void prometheusFindsAllWorkers() throws Exception {
        Map<String, Object> prometheus = ComposeFile.yamlOf("ops/prometheus/prometheus.yml");
        int port = exampleSettings().http().port();

        assertThat(String.valueOf(prometheus.get("scrape_configs")))
                .contains("names=[" + FILE.service("worker") + "]", "type=A", "port=" + port);
        assertThat(FILE.service("prometheus").list("volumes"))
                .anyMatch(volume -> volume.endsWith(":/etc/prometheus/prometheus.yml:ro"));
        assertThat((List<?>) prometheus.get("rule_files"))
                .allSatisfy(rules -> assertThat(FILE.service("prometheus").list("volumes"))
                        .contains("./ops/prometheus/" + rules + ":/etc/prometheus/" + rules + ":ro"));
    }

    @Test
    void grafanaFindsPrometheusAndTheDashboard() {
        Object sources = ComposeFile.yamlOf("ops/grafana/provisioning/datasources/prometheus.yml")
                .get("datasources");
        Object providers = ComposeFile.yamlOf("ops/grafana/provisioning/dashboards/tenantry.yml")
                .get("providers");

        assertThat(String.valueOf(sources)).contains("url=http://" + FILE.service("prometheus") + ":9090");
        assertThat(String.valueOf(providers)).contains("path=/etc/grafana/dashboards");
        assertThat(FILE.service("grafana").list("volumes"))
                .contains("./ops/grafana/tenantry.json:/etc/grafana/dashboards/tenantry.json:ro");
    }

    static Settings exampleSettings() throws Exception {
        Path file = ComposeFile.TOP.resolve("ops/docker/example/tenantry.yaml");
        return SettingsReader.read(file, ComposeFile.example(), new Properties());
    }
}
