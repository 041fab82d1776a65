package io.tenantry.worker.registry.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which leases have expired: those of members whose renewals have not changed for the lease's length by this
 * worker's monotonic clock. Clocks of two machines are never compared, so a clock may be wrong or step. For use by one
 * thread.
 *
 * <p>It never calls a lease expired too early. A member counts its own lease from before it sends a renewal. This class
 * counts only from after it has seen that renewal, until before the last query that showed no newer one.
 */
final class Renewals {
    /**
     * The length of a lease that does not store its own.
     *
     * @see LeaseTable.Row#lease
     */
    private final Duration usualLease;

    private Map<String, Observation> observations = new HashMap<>();

    /** What was read of a member, and when it was first read, as {@link System#nanoTime}. */
    private record Observation(String pulse, boolean fenced, long nanos) {
        boolean shows(LeaseTable.Row row) {
            return pulse.equals(row.pulse()) && fenced == row.fenced();
        }
    }

    Renewals(Duration usualLease) {
        this.usualLease = usualLease;
    }

    /**
     * The members as of now.
     *
     * @param rows all of the group, in the order in which they joined
     * @param askedNanos when the rows were asked for, as {@link System#nanoTime}
     * @param answeredNanos when the answer had arrived
     */
    List<Member> judge(List<LeaseTable.Row> rows, long askedNanos, long answeredNanos) {
        Map<String, Observation> seen = new HashMap<>();
        List<Member> members = new ArrayList<>();
        for (LeaseTable.Row row : rows) {
            Observation known = observations.get(row.applicationName());
            Observation observation = known != null && known.shows(row)
                    ? known
                    : new Observation(row.pulse(), row.fenced(), answeredNanos);
            seen.put(row.applicationName(), observation);
            Duration still = Duration.ofNanos(Math.max(0, askedNanos - observation.nanos()));
            members.add(
                    new Member(row.applicationName(), overdue(row, still), row.fenced(), row.most(), row.holdings()));
        }
        observations = seen;
        return members;
    }

    private Duration overdue(LeaseTable.Row row, Duration still) {
        if (row.fenced()) {
            return still; // its lease had expired when it was fenced
        }
        Duration lease = row.lease() == null ? usualLease : row.lease();
        return still.compareTo(lease) > 0 ? still.minus(lease) : Duration.ZERO;
    }
}
