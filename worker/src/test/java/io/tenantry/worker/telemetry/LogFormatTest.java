package io.tenantry.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts a process, because the log of this one is set up already. */
class LogFormatTest {
    private static final String FORMAT = "TENANTRY_LOG_FORMAT";

    @Test
    void isPlainLinesByDefault() throws Exception {
        List<String> lines = log(Map.of(), List.of());

        assertThat(lines.get(0))
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S+ INFO  \\[main] io\\.tenantry\\.worker\\.Sample "
                                + "\\[tenant=acme requestId=signup/1 record=tenant\\.created-3@42 traceparent=00-1-2-01]: "
                                + "a \"line\" with an argument");
        assertThat(lines.get(1)).endsWith("Sample [record=tenant.created-3@42]: refused");
        assertThat(lines)
                .filteredOn(line -> line.contains("forged"))
                .allMatch(line -> line.startsWith("    2026"))
                .hasSize(2);
        assertThat(lines).noneMatch(line -> line.contains("\u001b"));
        assertThat(entries(lines))
                .extracting(line -> line.substring(line.indexOf(": ") + 2))
                .containsExactly(
                        "a \"line\" with an argument",
                        "refused",
                        "ERROR: no",
                        "told by org.flywaydb",
                        "told by com.zaxxer.hikari",
                        "told by org.apache.kafka",
                        "told by io.smallrye.config",
                        "told by the network client",
                        "told through Slf4jLocationAwareLogger");
    }

    @Test
    void isJsonWhenTheEnvironmentSaysSo() throws Exception {
        assertIsJson(log(Map.of(FORMAT, "json"), List.of()));
    }

    @Test
    void isJsonWhenTheSystemPropertySaysSo() throws Exception {
        assertIsJson(log(Map.of(), List.of("-D" + FORMAT + "=json")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "xml"})
    void isPlainForEveryOtherWord(String format) throws Exception {
        assertThat(entries(log(Map.of(FORMAT, format), List.of()))).hasSize(9).noneMatch(line -> line.startsWith("{"));
    }

    private static void assertIsJson(List<String> lines) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String line : lines) {
            events.add(new ObjectMapper().readTree(line));
        }
        assertThat(events).hasSize(9);
        JsonNode first = events.get(0);
        assertThat(first.get("formattedMessage").asText()).isEqualTo("a \"line\" with an argument");
        assertThat(first.get("level").asText()).isEqualTo("INFO");
        assertThat(first.get("loggerName").asText()).isEqualTo("io.tenantry.worker.Sample");
        assertThat(first.get("threadName").asText()).isEqualTo("main");
        assertThat(first.get("timestamp").isNumber()).isTrue();
        assertThat(new ObjectMapper().convertValue(first.get("mdc"), new TypeReference<Map<String, String>>() {}))
                .isEqualTo(Map.of(
                        "requestId", "signup/1",
                        "tenant", "acme",
                        "topic", "tenant.created",
                        "partition", "3",
                        "offset", "42",
                        "traceparent", "00-1-2-01"));
        assertThat(events.get(2).get("formattedMessage").asText()).isEqualTo(LogSample.FORGED);
        assertThat(events.get(2).get("throwable").get("message").asText()).isEqualTo(LogSample.FORGED);
        assertThat(events.get(2).path("mdc")).isEmpty();
    }

    /** The first line of each: all others are indented. */
    private static List<String> entries(List<String> lines) {
        return lines.stream().filter(line -> !line.startsWith("    ")).toList();
    }

    private static List<String> log(Map<String, String> environment, List<String> options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        // The one of the jar, not the one for tests that is on this class path too.
        command.add("-Dlogback.configurationFile=logback.xml");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), LogSample.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of(FORMAT, "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toList();
    }
}
