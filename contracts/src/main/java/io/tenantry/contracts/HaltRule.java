package io.tenantry.contracts;

import org.jspecify.annotations.Nullable;

/**
 * When a rollout stops by itself. At least one limit is set; the first one that is passed halts the rollout.
 *
 * @param maxFailures as soon as more tenants than this have failed in the whole rollout; 0 or more; null means no limit
 * @param maxFailurePercent at the end of a wave, if more than this share of its tenants failed; 0 to 100; null means no
 *     limit
 */
public record HaltRule(
        @Nullable Integer maxFailures, @Nullable Integer maxFailurePercent) {

    /** No failure is tolerated. */
    public static final HaltRule FIRST_FAILURE = new HaltRule(0, null);

    /** @throws IllegalArgumentException if a limit is out of its range, or none is set */
    public HaltRule {
        if (maxFailures == null && maxFailurePercent == null) {
            throw new IllegalArgumentException(
                    "halt has no limit; expected maxFailures, maxFailurePercent or both (100 percent never halts)");
        }
        if (maxFailures != null) {
            Rules.range("halt.maxFailures", maxFailures, 0, Integer.MAX_VALUE);
        }
        if (maxFailurePercent != null) {
            Rules.range("halt.maxFailurePercent", maxFailurePercent, 0, 100);
        }
    }
}
