package io.tenantry.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tenantry.worker.ops.PromQl.Grouping;
import io.tenantry.worker.ops.PromQl.LabelMatcher;
import io.tenantry.worker.ops.PromQl.Selector;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromQlTest {
    @Test
    void findsMetricsAndTheirMatchers() {
        PromQl read = PromQl.of("rate(a_total{outcome=\"failed\", error!~'x|y'}[$__rate_interval]) > 0.5e3");

        assertThat(read.selectors())
                .containsExactly(new Selector(
                        "a_total",
                        List.of(new LabelMatcher("outcome", "=", "failed"), new LabelMatcher("error", "!~", "x|y"))));
    }

    @Test
    void findsTheLabelsThatAreGroupedByAndWhatIsGrouped() {
        PromQl read = PromQl.of("max(sum by (job, server) (a - b{x=\"(\"})) >= 0.95 * topk(3, c)");

        List<Selector> summed =
                List.of(new Selector("a", List.of()), new Selector("b", List.of(new LabelMatcher("x", "=", "("))));
        assertThat(read.groupings())
                .containsExactly(
                        new Grouping("max", List.of(), summed, false),
                        new Grouping("sum", List.of("job", "server"), summed, false),
                        new Grouping("topk", List.of(), List.of(new Selector("c", List.of())), false));
    }

    @Test
    void findsTheLabelsOfJoins() {
        PromQl read = PromQl.of("a * on (instance) group_left (version) b unless on (job) c offset 10m");

        assertThat(PromQl.of("sum(a and on (job) b)").groupings().get(0).joined())
                .isTrue();
        assertThat(read.joins()).containsExactly("instance", "version", "job");
        assertThat(read.selectors()).extracting(Selector::metric).containsExactly("a", "b", "c");
    }

    @Test
    void takesNoFunctionWordOrCommentForAMetric() {
        PromQl read =
                PromQl.of("# a comment\nclamp_min(job:a:sum offset 5m, 1) and time() - 600 < bool b or vector(0)");

        assertThat(read.selectors()).extracting(Selector::metric).containsExactly("job:a:sum", "b");
        assertThat(read.groupings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{job=\"a\"}",
                "sum(a) by (job)",
                "sum by (job)",
                "sum without (job) (a)",
                "sum by (job) (a",
                "a{b=",
                "a ? b"
            })
    void refusesWhatItDoesNotUnderstand(String expression) {
        assertThatIllegalArgumentException().isThrownBy(() -> PromQl.of(expression));
    }
}
