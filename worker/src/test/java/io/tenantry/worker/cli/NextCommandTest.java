package io.tenantry.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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
}
