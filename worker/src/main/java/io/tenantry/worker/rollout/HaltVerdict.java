package io.tenantry.worker.rollout;

import io.tenantry.contracts.HaltRule;
import io.tenantry.worker.registry.rollout.WaveRow;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides whether a rollout halts, as early as that is certain. Immutable. */
record HaltVerdict(HaltRule rule) {
    /**
     * Why the rollout halts, with count, limit and denominator; empty if it does not.
     *
     * @param waves all waves of the rollout
     */
    Optional<String> of(List<WaveRow> waves) {
        @Nullable Integer maxFailures = rule.maxFailures();
        int failed = waves.stream().mapToInt(WaveRow::counted).sum();
        if (maxFailures != null && failed > maxFailures) {
            int members = waves.stream().mapToInt(WaveRow::members).sum();
            return Optional.of(failed + " of the " + members + " tenants of the rollout failed; at most " + maxFailures
                    + " may fail (maxFailures)");
        }
        @Nullable Integer percent = rule.maxFailurePercent();
        if (percent == null) {
            return Optional.empty();
        }
        return waves.stream()
                .filter(wave -> wave.counted() > allowed(percent, wave))
                .findFirst()
                .map(wave ->
                        wave.label() + ": " + wave.counted() + " of its " + wave.members() + " tenants failed; at most "
                                + allowed(percent, wave) + " may fail (maxFailurePercent " + percent + ")");
    }

    private static long allowed(int percent, WaveRow wave) {
        return (long) percent * wave.members() / 100;
    }
}
