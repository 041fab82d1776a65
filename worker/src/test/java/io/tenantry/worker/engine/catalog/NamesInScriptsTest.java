package io.tenantry.worker.engine.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesInScriptsTest {
    private static final String LONG = "l".repeat(70);

    private final NamesInScripts names = new NamesInScripts(List.of(
            "CREATE TABLE Accounts (id int); ALTER TABLE accounts RENAME TO customers;",
            "CREATE TABLE \"Odd Name\" (i int); CREATE TABLE \"with \"\"quotes\"\"\" (i int); CREATE TABLE größen ();",
            "CREATE TABLE ${schema}.qualified (i int); CREATE TABLE ${tenant}_log (i int);",
            "CREATE TABLE \"${tenant} in-box\" (i int); CREATE TABLE " + LONG + " (i int)",
            "CREATE TABLE pay$ments (i int); DO $$BEGIN CREATE TABLE made(); END$$; CREATE TABLE ${schema} ();"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "accounts",
                "customers",
                "Odd Name",
                "with \"quotes\"",
                "größen",
                "qualified",
                "acme_log",
                "a-1_log",
                "acme in-box",
                "pay$ments",
                "made"
            })
    void hasTheNamesThatAScriptMayMake(String table) {
        assertThat(names.test(table)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"account", "acme_logs", "_log", "pay", "ments", "quotes\"", "Name (i", "by_hand", "acme"})
    void hasNoOthers(String table) {
        assertThat(names.test(table)).isFalse();
    }

    /** PostgreSQL cuts a name after 63 bytes. */
    @Test
    void hasTheBeginningOfALongName() {
        assertThat(names.test(LONG.substring(0, 63))).isTrue();
        assertThat(names.test(LONG.substring(0, 62))).isFalse();
    }

    /** Each tenant may have tables of its own by hand. */
    @Test
    void readsTheScriptsOnceForManyNames() {
        NamesInScripts large = new NamesInScripts(List.of("SELECT word FROM somewhere; ".repeat(40_000)));

        assertThat(IntStream.range(0, 20_000).filter(number -> large.test("by_hand_" + number)))
                .isEmpty();
    }
}
