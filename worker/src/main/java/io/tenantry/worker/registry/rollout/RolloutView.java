package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.RolloutRequested;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rollout as the registry has it.
 *
 * @param request the start
 * @param targets the version to reach in each database; empty until it is planned
 * @param wave the current one, from 1; 0 before the first
 * @param waves in their order; empty until it is planned
 * @param upToDate tenants that were known to be at the target at the start; they are in no wave
 * @param failures how many requests failed with each code, earlier attempts included
 */
public record RolloutView(
        RolloutRequested request,
        Drive drive,
        RolloutState state,
        Map<String, String> targets,
        int wave,
        List<WaveView> waves,
        int upToDate,
        Map<String, Integer> failures,
        Why why,
        Times times) {

    /**
     * How it is driven.
     *
     * @param group the consumer group
     * @param partition of {@code rollout.requested}; its owner drives the rollout
     * @param concurrency tenants in flight at most; more are possible if the request has none: as many as had a result in the
     *     last second
     * @param maxFailures of the whole rollout; null means no limit
     * @param maxFailurePercent of the tenants of a wave; null means no limit
     */
    public record Drive(
            String group,
            int partition,
            int concurrency,
            @Nullable Integer maxFailures,
            @Nullable Integer maxFailurePercent) {}

    /**
     * Why it is in its state, for people.
     *
     * @param reason of the last halt, pause or abort; null if there was none
     * @param waitsFor why it makes no progress; null if it does
     */
    public record Why(@Nullable String reason, @Nullable String waitsFor) {}

    /**
     * The times of a rollout. Durations are by the clock of the registry.
     *
     * @param age since the request was taken
     * @param ran from its start to its end, or until now; null before its start
     * @param soakLeft of the current soak time; null if it does not soak
     */
    public record Times(
            Instant requestedAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            Duration age,
            @Nullable Duration ran,
            @Nullable Duration soakLeft) {}

    /** Its name. */
    public String name() {
        return request.rollout();
    }

    /** Of all waves together. */
    public MemberCounts counts() {
        return waves.stream().map(WaveView::counts).reduce(MemberCounts.NONE, MemberCounts::plus);
    }

    /** The current wave; null before the first. */
    public @Nullable WaveView currentWave() {
        return wave < 1 || wave > waves.size() ? null : waves.get(wave - 1);
    }

    /** How many requests failed, earlier attempts included; grows with each failure. */
    public int failedRequests() {
        return failures.values().stream().mapToInt(Integer::intValue).sum();
    }
}
