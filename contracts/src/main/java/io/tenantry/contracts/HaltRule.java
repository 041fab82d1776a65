package io.tenantry.contracts;

import org.jspecify.annotations.Nullable;

/**
 * When a rollout halts by itself. At least one limit is set; the first one that is passed halts the rollout. Failures that
 * {@code resume} acknowledged do not count, and nor do those with {@link ErrorCode#SERVER_UNAVAILABLE}.
 *
 * @param maxFailures as soon as more tenants than this have failed in the whole rollout; 0 or more; null means no limit
 * @param maxFailurePercent as soon as more than this share of the tenants of a wave have failed, without waiting for the
 *     others: failed &gt; floor(percent × tenants of the wave / 100); 0 to 100; null means no limit
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
