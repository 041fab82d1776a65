package io.tenantry.contracts;

/**
 * Counts of tenants; a shared database counts as one. A tenant counts by its latest attempt.
 *
 * @param total all, also those that are not finished
 * @param upToDate had nothing to do; over a whole rollout also those that were known to be at the target at its start, which
 *     are in no wave
 */
public record RolloutCounts(int total, int completed, int upToDate, int failed, int skipped) {
    /** Of this many tenants, none with a result. */
    public static RolloutCounts of(int total) {
        return new RolloutCounts(total, 0, 0, 0, 0);
    }

    /** How many have no result yet. */
    public int pending() {
        return total - completed - upToDate - failed - skipped;
    }
}
