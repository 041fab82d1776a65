package io.tenantry.worker.registry.lease;

import java.time.Duration;

/**
 * The time limits between workers that share servers.
 *
 * @param lease how long a worker may go on without renewing
 * @param renewal from one renewal to the next
 */
public record LeaseTerms(Duration lease, Duration renewal) {
    /** For tests that stop a worker for longer than a lease, and want nobody to end its sessions. */
    private static final String SECONDS = "io.tenantry.lease.seconds";

    /** For workers. Each may have its own lease; the time between renewals must be the same for all of a group. */
    public static LeaseTerms standard() {
        return new LeaseTerms(Duration.ofSeconds(Long.getLong(SECONDS, 10)), Duration.ofSeconds(1));
    }

    /** What one waits for others to renew after something was in the way of all. */
    Duration patience() {
        return renewal.multipliedBy(3);
    }

    /**
     * How long an answer of the registry to a renewal may take, and the way to it: the lease must be long enough for one
     * that does not come, a new connection, and another renewal on it.
     */
    Duration longestAnswer() {
        return lease.dividedBy(3);
    }

    /** From one look to the next while something is about to change. */
    Duration soon() {
        return renewal.dividedBy(10);
    }
}
