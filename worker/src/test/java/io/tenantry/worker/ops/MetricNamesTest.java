package io.tenantry.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.ops.MetricNames.Use;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricNamesTest {
    private static final Map<String, List<String>> RECORDED = Map.of("job:a:sum", List.of("job", "type"));
    private static final LiveSeries LIVE = LiveSeries.of("""
            # TYPE a histogram
            a_seconds_bucket{le="0.1",type="created",outcome="completed"} 1
            a_seconds_count{type="created",outcome="completed"} 1
            b{server="main, \\"second\\"",condition="kafka"} NaN
            c 1.0E-3
            """);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "sum by (le, job) (rate(a_seconds_bucket{outcome=\"failed\", instance=\"x\"}[5m]))",
                "b{condition=~\"kafka\"} == 1 unless on (job) c offset 5m",
                "up == 0 and on (server) b",
                "job:a:sum{type=\"created\"}",
                "sum by (server) (b and on (job) c)",
            })
    void acceptsWhatAWorkerHas(String expression) {
        assertThat(faults(expression)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a_seconds_sum | there is no metric a_seconds_sum",
                "c{server=\"main\"} | c has no label server",
                "b{condition=\"kafak\"} | b has no condition kafak",
                "a_seconds_count{outcome=\"fialed\"} | a_seconds_count has no outcome fialed",
                "sum by (server) (b - c) | c has no label server",
                "sum by (tenant) (b) | b has no label tenant",
                "b * on (tenant) c | no metric has the label tenant",
                "job:a:sum{type=\"signup\"} | job:a:sum has no type signup",
                "job:a:sum{server=\"main\"} | job:a:sum has no label server",
            })
    void namesWhatAWorkerDoesNotHave(String expression, String fault) {
        assertThat(faults(expression)).containsExactly("here: " + fault);
    }

    @Test
    void findsTheExpressionsOfAllFiles() throws Exception {
        assertThat(MetricNames.uses())
                .extracting(use -> use.where().split(" ", 2)[0])
                .contains("rule", "panel", "variable", "runbook");
    }

    private static List<String> faults(String expression) {
        return MetricNames.faults(List.of(new Use("here", expression)), RECORDED, LIVE);
    }
}
