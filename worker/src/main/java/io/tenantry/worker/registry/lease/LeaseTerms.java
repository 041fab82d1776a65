package io.tenantry.worker.registry.lease;

import java.time.Duration;

/**
 * The time limits between workers that share servers.
 *
 * @param lease how long a worker may begin work without renewing
 * @param renewal from one renewal to the next
 */
public record LeaseTerms(Duration lease, Duration renewal) {
    /** For tests that stop a worker for longer than a lease, while no other worker may end its sessions. */
    private static final String SECONDS = "io.tenantry.lease.seconds";

    /** For workers. Each may have its own lease; the time between renewals must be the same for all of a group. */
    public static LeaseTerms standard() {
        return new LeaseTerms(Duration.ofSeconds(Long.getLong(SECONDS, 10)), Duration.ofSeconds(1));
    }

    /** How long a worker waits for the others to renew, after no worker could. */
    Duration patience() {
        return renewal.multipliedBy(3);
    }

    /**
     * How long connecting to the registry, and its answer to a renewal, may take. The lease must be long enough for an
     * answer that does not come, a new connection, and another renewal on it.
     */
    Duration longestAnswer() {
        return lease.dividedBy(3);
    }

    /** The interval between two reads while something is about to change. */
    Duration soon() {
        return renewal.dividedBy(10);
    }
}
