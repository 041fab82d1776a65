package io.tenantry.worker.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A difference is one line for people, whatever its object and definitions are. */
class DifferenceTest {
    @Test
    void bothDefinitionsAreShown() {
        assertThat(new Difference.Definition("column orders.total", "integer DEFAULT 0", "integer DEFAULT 1")
                        .text("plan", "Flyway"))
                .isEqualTo("column orders.total: plan `integer DEFAULT 0`, Flyway `integer DEFAULT 1`");
        assertThat(new Difference.Definition("index i", null, "CREATE INDEX i ON a (id)").text("plan", "Flyway"))
                .isEqualTo("index i: plan nothing, Flyway `CREATE INDEX i ON a (id)`");
    }

    @Test
    void ofLongDefinitionsThePlaceIsShownWhereTheyDiffer() {
        String text = new Difference.Definition("view v", "x".repeat(5000) + "\nhere", "x".repeat(5000) + "\nthere")
                .text("plan", "Flyway");

        assertThat(text)
                .contains("plan `…", "\\nhere`", "Flyway `…", "\\nthere`")
                .hasSizeLessThan(150);
    }

    @Test
    void aLineHasABoundedLengthAndNoBreaks() {
        String parameters = IntStream.range(0, 100)
                .mapToObj(number -> "p" + number + " text")
                .collect(Collectors.joining(", "));
        Set<String> columns =
                IntStream.range(0, 1000).mapToObj(number -> "c" + number).collect(Collectors.toSet());

        assertThat(new Difference.Definition("function f(" + parameters + ")", "a".repeat(5000), "b\r\n".repeat(5000))
                        .text("plan", "Flyway"))
                .startsWith("function f(p0 text, ")
                .hasSizeLessThan(600)
                .doesNotContain("\n", "\r");
        assertThat(new Difference.Values("table \"a\nb\"", new TreeSet<>(columns)).text("plan", "Flyway"))
                .startsWith("table \"a\\nb\": other values in c0, c1, ")
                .hasSizeLessThan(500)
                .doesNotContain("\n");
    }
}
