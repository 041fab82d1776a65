package io.tenantry.worker.config.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTableTest {
    private static final String HEADER = "| key | default | type | allowed | meaning |";

    @Test
    void theReadmeHasTheTable() throws Exception {
        List<String> table = Stream.concat(
                        Stream.of(HEADER, "|---|---|---|---|---|"),
                        SettingsTable.all().stream().map(SettingsTableTest::row))
                .toList();

        assertThat(readmeTable())
                .as(
                        "The table of settings in worker/README.md is not that of SettingsTable. Replace it by:%n%n%s%n%n",
                        String.join("\n", table))
                .containsExactlyElementsOf(table);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aDefaultIsAllowed(Setting<?> setting) {
        if (!setting.isRequired()) {
            assertThatCode(setting::defaultValue).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aMeaningIsOneSentence(Setting<?> setting) {
        assertThat(setting.meaning()).matches("[A-Z][^|\\v]*\\.").doesNotContain(". ");
    }

    private static List<Setting<?>> settings() {
        return SettingsTable.all();
    }

    private static List<String> readmeTable() throws Exception {
        return Files.readAllLines(Path.of("README.md")).stream()
                .dropWhile(line -> !line.equals(HEADER))
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }

    private static String row(Setting<?> setting) {
        String key = setting.key().startsWith("kafka.")
                ? setting.key().replace("*", "<property>")
                : setting.key().replace(".servers.*", ".servers.<server>").replace("*", "<name>");
        String allowed = setting.type().allowed().replace(ValueType.UNITS, "").replace("<", "\\<");
        return "| `" + key + "` |" + defaultOf(setting) + " | " + setting.type().name() + " | " + allowed + " | "
                + setting.meaning() + " |";
    }

    private static String defaultOf(Setting<?> setting) {
        if (setting.otherwise() == null) {
            return " required";
        }
        return setting.otherwise().isEmpty() ? "" : " `" + setting.otherwise() + "`";
    }
}
