package io.tenantry.worker.config.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsFileTest {
    @TempDir
    private Path folder;

    @Test
    void mustExist() {
        Path file = folder.resolve("other.yaml");

        assertThatThrownBy(() -> SettingsReader.read(file, Map.of(), new Properties()))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessage(file + ": no such file; name the settings file, or create it");
    }

    @Test
    void mustBeAFile() {
        assertThatThrownBy(() -> SettingsReader.read(folder, Map.of(), new Properties()))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageStartingWith(folder + ": cannot be read (");
    }

    @Test
    void mustBeText() throws Exception {
        Path file = Files.write(folder.resolve("bytes.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff});

        assertThatThrownBy(() -> SettingsReader.read(file, Map.of(), new Properties()))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessage(file + ": not a text in UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# only a comment\n", "---\n", "~\n"})
    void mustNotBeEmpty(String yaml) {
        assertThat(new Reading(folder, yaml).onlyFaultOfTheFile()).startsWith("empty; needed at least: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"- kafka | a list", "kafka | a single value", "[] | a list"})
    void mustHaveSectionsAtItsTop(String yaml, String shape) {
        assertThat(new Reading(folder, yaml).onlyFaultOfTheFile())
                .isEqualTo(shape + " at the top; allowed: the sections kafka, registry, servers, databases, worker,"
                        + " retry, drift and http");
    }

    @Test
    void aSyntaxErrorIsToldWithItsPlace() {
        assertThat(new Reading(folder, "kafka:\n  group-id: a: b\n").onlyFaultOfTheFile())
                .isEqualTo("line 2, column 14: not YAML: mapping values are not allowed here");
        assertThat(new Reading(folder, "kafka:\n\tgroup-id: a\n").onlyFaultOfTheFile())
                .isEqualTo("line 2, column 1: not YAML: a tab; indent with spaces");
        assertThat(new Reading(folder, "kafka:\n  group-id: [a\n").onlyFaultOfTheFile())
                .startsWith("line 3, column 1: not YAML: ");
        assertThat(new Reading(folder, "kafka:\n  group-id: *name\n").onlyFaultOfTheFile())
                .isEqualTo(
                        "line 2, column 13: not YAML: not allowed here; put values with special characters in quotes");
        assertThat(new Reading(folder, "kafka: \n---\nhttp: \n").onlyFaultOfTheFile())
                .isEqualTo("line 2, column 1: not YAML: a second document; put everything into one");
        assertThat(new Reading(folder, "kafka: \u0007\n").onlyFaultOfTheFile()).startsWith("not YAML: ");
    }

    @Test
    void aKeyIsGivenOnce() {
        assertThat(Reading.with(folder, "http:\n  port: 1\n  host: a\n  port: 2\n")
                        .onlyFault())
                .isEqualTo("http.port (line 18): given twice, first in line 16; keep one");
        assertThat(Reading.with(folder, "http:\n  port: 1\nhttp:\n  host: a\n").onlyFault())
                .isEqualTo("http (line 17): given twice, first in line 15; keep one");
        assertThat(Reading.of(folder, "  main:\n", "  main: {url: x}\n  main:\n")
                        .faults())
                .contains("servers.main (line 8): given twice, first in line 7; keep one");
        assertThat(Reading.of(folder, "  bootstrap-servers: kafka:9092\n", """
                                  bootstrap-servers: kafka:9092
                                  properties:
                                    security.protocol: SSL
                                    security: {protocol: PLAINTEXT}
                                """).onlyFault())
                .isEqualTo("kafka.properties.security.protocol (line 5): given twice, first in line 4; keep one");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "worker: {concurrency: [1]} | worker.concurrency (line 15): a list; allowed: one value",
                "worker: {concurrency: {a: 1}} | worker.concurrency (line 15): a map; allowed: one value",
                "worker: 16 | worker (line 15): a single value; allowed: keys with values below it",
                "worker: [16] | worker (line 15): a list; allowed: keys with values below it",
                "{a: b}: 16 | key (line 15): a list or map as a key; allowed: a name",
                "worker: {[a]: 16} | worker (line 15): a list or map as a key; allowed: a name",
                "logging: {level: x} | logging (line 15): unknown key; allowed: the keys of the documentation",
                "1: 2 | 1 (line 15): unknown key; allowed: the keys of the documentation",
            })
    void aValueHasTheShapeOfItsKey(String line, String fault) {
        assertThat(Reading.with(folder, line + "\n").onlyFault()).isEqualTo(fault);
    }

    @Test
    void serversAndDatabasesAreNotLists() {
        assertThat(new Reading(folder, "servers: [main]\ndatabases:\n- users\n").faults())
                .contains(
                        "servers (line 1): a list; allowed: keys with values below it",
                        "databases (line 2): a list; allowed: keys with values below it");
    }

    @Test
    void aKafkaPropertyIsOneValue() {
        assertThat(Reading.of(
                                folder,
                                "  bootstrap-servers: kafka:9092\n",
                                "  bootstrap-servers: kafka:9092\n  properties: {interceptor.classes: [a, b]}\n")
                        .onlyFault())
                .isEqualTo("kafka.properties.interceptor.classes (line 3): a list; allowed: one value");
    }

    @Test
    void anAnchorInsideItselfHasAnEnd() {
        assertThat(Reading.of(
                                folder,
                                "  bootstrap-servers: kafka:9092\n",
                                "  bootstrap-servers: kafka:9092\n  properties: &all\n    a: *all\n")
                        .onlyFault())
                .endsWith(": nested too deeply");
    }
}
