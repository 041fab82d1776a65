package io.tenantry.worker.registry;

import java.time.Duration;

/**
 * How long things take among workers that share servers.
 *
 * @param lease how long a worker may go on without renewing
 * @param renewal from one renewal to the next
 */
public record LeaseTerms(Duration lease, Duration renewal) {
    /** For workers. All of a group must have the same. */
    public static final LeaseTerms STANDARD = new LeaseTerms(Duration.ofSeconds(10), Duration.ofSeconds(1));

    /** What one waits for others to renew after something was in the way of all. */
    Duration patience() {
        return renewal.multipliedBy(3);
    }

    /** From one look to the next while something is about to change. */
    Duration soon() {
        return renewal.dividedBy(10);
    }
}
