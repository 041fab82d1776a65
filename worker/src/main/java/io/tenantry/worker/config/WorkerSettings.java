package io.tenantry.worker.config;

import java.time.Duration;

/**
 * How one worker works.
 *
 * @param concurrency tenants at once in this worker
 * @param drainTimeout how long a stop waits for what runs
 * @param unknownTenantGrace how long a migration waits for its tenant to be onboarded before it fails
 * @param unknownTargetGrace how long a migration waits for a target version that this worker does not have
 * @param lockTimeout PostgreSQL's {@code lock_timeout} of every migration; never zero, so never endless
 * @param statementTimeout PostgreSQL's {@code statement_timeout} of every migration; {@link Duration#ZERO}: none
 */
public record WorkerSettings(
        int concurrency,
        Duration drainTimeout,
        Duration unknownTenantGrace,
        Duration unknownTargetGrace,
        Duration lockTimeout,
        Duration statementTimeout) {
    /** After the drain, to write what is left and to leave the group. */
    private static final Duration AFTER_DRAIN = Duration.ofSeconds(15);

    /** The longest time from the signal to stop until the process ends. */
    public Duration longestStop() {
        return drainTimeout.plus(AFTER_DRAIN);
    }
}
