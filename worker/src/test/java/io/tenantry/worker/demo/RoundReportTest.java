package io.tenantry.worker.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundReportTest {
    private final RoundReport report = new RoundReport(
            IntStream.rangeClosed(1, 200)
                    .mapToObj(i -> answer(i, i == 7 ? Outcome.FAILED : Outcome.COMPLETED))
                    .toList(),
            Duration.ofSeconds(8));

    @Test
    void takesPercentilesByNearestRank() {
        assertThat(report.percentile(50)).isEqualTo(Duration.ofMillis(100));
        assertThat(report.percentile(99)).isEqualTo(Duration.ofMillis(198));
        assertThat(report.percentile(100)).isEqualTo(Duration.ofMillis(200));
        assertThat(report.percentile(0.1)).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void countsTenantsASecond() {
        assertThat(report.rate()).isEqualTo(25.0);
    }

    @Test
    void findsResultsByOutcome() {
        assertThat(report.with(Outcome.FAILED)).extracting(TenantResult::tenant).containsExactly("t7");
        assertThat(report.with(Outcome.COMPLETED)).hasSize(199);
    }

    private static RoundReport.Answer answer(int number, Outcome outcome) {
        RequestRef request = new RequestRef("r" + number, "/test", "type", "topic", 0, number);
        TenantResult result = new TenantResult(
                "t" + number, null, request, null, outcome, null, List.of(), 1, "worker", Instant.EPOCH, Instant.EPOCH);
        return new RoundReport.Answer(result, Duration.ofMillis(number));
    }
}
