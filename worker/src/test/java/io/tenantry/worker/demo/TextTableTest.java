package io.tenantry.worker.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TextTableTest {
    private final TextTable table = new TextTable("database", "tenants", "");

    @Test
    void alignsNumbersRightAndTextLeft() {
        table.row("users", "99", "");
        table.row("a", "1", "failed: x");

        assertThat(table.lines())
                .containsExactly(
                        "database   tenants",
                        "------------------------------",
                        "users           99",
                        "a                1   failed: x");
    }

    @Test
    void refusesARowOfAnotherWidth() {
        assertThatIllegalArgumentException().isThrownBy(() -> table.row("users"));
    }
}
