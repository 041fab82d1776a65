package io.tenantry.worker.registry.rollout;

/**
 * How often a rollout was halted or aborted, as an attempt sees it.
 *
 * @param ofAttempt when the attempt was made
 * @param ofRollout now
 */
public record AttemptHalts(int ofAttempt, int ofRollout) {
    /** Whether the attempt is skipped. */
    public boolean isHalted() {
        return ofRollout > ofAttempt;
    }
}
