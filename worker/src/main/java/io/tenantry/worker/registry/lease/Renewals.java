package io.tenantry.worker.registry.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides whose lease has expired: a member's lease has, if its renewals have not changed for the lease's length by
 * this worker's monotonic clock. Clocks of two machines are never compared, so a clock may be wrong or step. For use by one thread.
 *
 * <p>It errs to one side only. A member's own lease counts from before it sent its renewal; here it counts from after the
 * renewal was seen, until before the last question whose answer shows nothing newer.
 */
final class Renewals {
    /**
     * How long a lease lasts that does not say so itself.
     *
     * @see LeaseTable.Row#lease
     */
    private final Duration usualLease;

    private Map<String, Observation> observations = new HashMap<>();

    /** What was read of a member, and when that was read first, as {@link System#nanoTime}. */
    private record Observation(String pulse, boolean fenced, long nanos) {
        boolean shows(LeaseTable.Row row) {
            return pulse.equals(row.pulse()) && fenced == row.fenced();
        }
    }

    Renewals(Duration usualLease) {
        this.usualLease = usualLease;
    }

    /**
     * The members, as they stand now.
     *
     * @param rows all of the group, in the order in which they joined
     * @param askedNanos when the rows were asked for, as {@link System#nanoTime}
     * @param answeredNanos when they had come
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
            members.add(new Member(row.applicationName(), overdue(row, still), row.fenced(), row.holdings()));
        }
        observations = seen;
        return members;
    }

    private Duration overdue(LeaseTable.Row row, Duration still) {
        if (row.fenced()) {
            return still; // it was over when it was fenced
        }
        Duration lease = row.lease() == null ? usualLease : row.lease();
        return still.compareTo(lease) > 0 ? still.minus(lease) : Duration.ZERO;
    }
}
