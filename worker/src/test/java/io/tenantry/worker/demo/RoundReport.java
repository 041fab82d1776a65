package io.tenantry.worker.demo;

import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import java.time.Duration;
import java.util.List;

/**
 * The results of a {@link Round}.
 *
 * @param answers in the order in which they came; at least one
 * @param elapsed from the first request to the last result
 */
public record RoundReport(List<Answer> answers, Duration elapsed) {

    /**
     * A result.
     *
     * @param latency from the send of the request to the arrival of the result
     */
    public record Answer(TenantResult result, Duration latency) {}

    public RoundReport {
        answers = List.copyOf(answers);
    }

    /** Tenants a second. */
    public double rate() {
        return answers.size() / (elapsed.toNanos() / 1e9);
    }

    /**
     * The latency that this part of the requests did not exceed, by nearest rank.
     *
     * @param percent over 0, up to 100
     */
    public Duration percentile(double percent) {
        List<Duration> sorted = answers.stream().map(Answer::latency).sorted().toList();
        int rank = (int) Math.ceil(percent / 100 * sorted.size());
        return sorted.get(Math.max(rank, 1) - 1);
    }

    /** The results with this outcome. */
    public List<TenantResult> with(Outcome outcome) {
        return answers.stream()
                .map(Answer::result)
                .filter(result -> result.outcome() == outcome)
                .toList();
    }
}
