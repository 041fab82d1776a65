package io.tenantry.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NextCommandTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "tenantry.yaml, tenantry status",
                "conf/prod.yaml, tenantry status --config conf/prod.yaml",
                "my settings.yaml, tenantry status --config 'my settings.yaml'",
                "it's.yaml, tenantry status --config 'it'\\''s.yaml'",
                "$HOME.yaml, tenantry status --config '$HOME.yaml'",
            })
    void namesTheSettingsForAShell(String file, String expected) {
        assertThat(NextCommand.with(Path.of(file)).of("status")).isEqualTo(expected);
    }

    @Test
    void completesTheCommandsInAMessage() {
        NextCommand next = NextCommand.with(Path.of("my $1.yaml"));
        String message = "topic a does not exist; `tenantry topics` creates it, `tenantry dead-letters list` shows all";

        String completed = next.completed(message);

        assertThat(completed)
                .isEqualTo("topic a does not exist; `tenantry topics --config 'my $1.yaml'` creates it,"
                        + " `tenantry dead-letters list --config 'my $1.yaml'` shows all");
        assertThat(next.completed(completed)).as("what is in full stays").isEqualTo(completed);
        assertThat(NextCommand.with(Path.of("tenantry.yaml")).completed(message))
                .isEqualTo(message);
    }
}
