package io.tenantry.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator sees of a statement holds no secret. */
class StatementTextTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = ';',
            value = {
                "ALTER ROLE app PASSWORD 'secret'; ALTER ROLE app PASSWORD '...'",
                "SELECT 'it''s secret', 1; SELECT '...', 1",
                "SELECT E'a\\'secret', 1; SELECT E'...', 1",
                "SELECT 'secret that is cut; SELECT '...'",
                "SELECT 'cut behind \\; SELECT '...'",
                "DO $$ secret $$, 1; DO '...', 1",
                "DO $a$ secret $$ secret $a$, 1; DO '...', 1",
                "DO $a$ secret $$ cut; DO '...'",
                "SELECT $1, $2; SELECT $1, $2",
            })
    void showsNoLiteral(String statement, String shown) {
        assertThat(StatementText.beginning(statement, 100)).isEqualTo(shown);
    }

    @Test
    void isOneShortLine() {
        assertThat(StatementText.beginning("  SELECT\n\t1", 100)).isEqualTo("SELECT 1");
        assertThat(StatementText.beginning("SELECT 12345", 8)).isEqualTo("SELECT 1");
        assertThat(StatementText.beginning("'" + "x".repeat(1_000_000), 100)).isEqualTo("'...'");
    }
}
