package io.tenantry.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentifiersTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "acme | \"acme\"",
                "Acme Corp | \"Acme Corp\"",
                "a\"b | \"a\"\"b\"",
                "\" | \"\"\"\"",
                "a\"; DROP SCHEMA public; -- | \"a\"\"; DROP SCHEMA public; --\"",
                "it's | \"it's\"",
                "a\\b | \"a\\b\"",
                "grün | \"grün\"",
            })
    void quotesAnIdentifierSoThatItIsOneName(String identifier, String quoted) {
        assertThat(Identifiers.quote(identifier)).isEqualTo(quoted);
    }

    @Test
    void takesAsManyBytesAsPostgresqlKeeps() {
        assertThat(Identifiers.quote("a".repeat(63))).hasSize(65);
        assertThat(Identifiers.quote("ü".repeat(31) + "a")).hasSize(34);
    }

    @Test
    void refusesWhatPostgresqlWouldCutSilently() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Identifiers.quote("a".repeat(64)))
                .withMessageContaining("63 bytes")
                .withMessageContaining("64");
        assertThatIllegalArgumentException()
                .as("32 characters of 2 bytes")
                .isThrownBy(() -> Identifiers.quote("ü".repeat(32)));
        assertThatIllegalArgumentException()
                .as("16 characters of 4 bytes")
                .isThrownBy(() -> Identifiers.quote("\uD83D\uDE00".repeat(16)));
    }

    @Test
    void refusesAnEmptyIdentifierAndNul() {
        assertThatIllegalArgumentException().isThrownBy(() -> Identifiers.quote(""));
        assertThatIllegalArgumentException().isThrownBy(() -> Identifiers.quote("a\0b"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "tenantry tenant=acme | E'tenantry tenant=acme'",
                "it's | E'it''s'",
                "' | E''''",
                "a\\b | E'a\\\\b'",
                "\\' | E'\\\\'''",
                "a\"b | E'a\"b'",
            })
    void writesATextSoThatItIsOneConstant(String text, String literal) {
        assertThat(Identifiers.literal(text)).isEqualTo(literal);
    }

    @Test
    void writesAnEmptyText() {
        assertThat(Identifiers.literal("")).isEqualTo("E''");
    }

    @Test
    void refusesATextWithNul() {
        assertThatIllegalArgumentException().isThrownBy(() -> Identifiers.literal("a\0b"));
    }
}
