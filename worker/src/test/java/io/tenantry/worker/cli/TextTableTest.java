package io.tenantry.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void alignsNumbersOnTheRightButNoNameOfDigits() {
        TextTable table = new TextTable("TENANT", "COUNT").row("9", 7).row("acme", 100);

        assertThat(table.lines((colour, line) -> line))
                .containsExactly("TENANT  COUNT", "9           7", "acme      100");
        assertThat(new TextTable("WAVE", "NAME").row(1, "first").lines((colour, line) -> line))
                .containsExactly("WAVE  NAME", "   1  first");
    }
}
