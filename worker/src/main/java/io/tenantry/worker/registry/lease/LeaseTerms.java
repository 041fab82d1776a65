package io.tenantry.worker.registry.lease;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time limits between workers that share servers, and how much one of them wants.
 *
 * @param lease how long a worker may begin work without renewing
 * @param renewal from one renewal to the next
 * @param most how many connections of each server it wants at most; null: its share
 */
public record LeaseTerms(
        Duration lease, Duration renewal, @Nullable Integer most) {
    /** For tests that stop a worker for longer than a lease, while no other worker may end its sessions. */
    private static final String SECONDS = "io.tenantry.lease.seconds";

    /** For a worker, which takes its share. */
    public LeaseTerms(Duration lease, Duration renewal) {
        this(lease, renewal, null);
    }

    /** For workers. Each may have its own lease; the time between renewals must be the same for all of a group. */
    public static LeaseTerms standard() {
        return new LeaseTerms(Duration.ofSeconds(Long.getLong(SECONDS, 10)), Duration.ofSeconds(1));
    }

    /** For a command beside the workers, which take the rest. */
    public static LeaseTerms atMost(int connections) {
        LeaseTerms ofWorkers = standard();
        return new LeaseTerms(ofWorkers.lease(), ofWorkers.renewal(), connections);
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
