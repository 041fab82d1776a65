package io.tenantry.worker.timing;

import java.time.Duration;

/**
 * How long a transaction waits for more records while more are expected. A transaction costs about the same for one
 * record as for many, so it waits ten times as long as the last one took, up to a longest wait. Immutable.
 *
 * @param longest it never waits longer
 */
public record LingerTime(Duration longest) {
    private static final int FACTOR = 10;

    /** The wait after a transaction that took so long. */
    public Duration after(Duration transaction) {
        Duration wanted = transaction.multipliedBy(FACTOR);
        return wanted.compareTo(longest) < 0 ? wanted : longest;
    }
}
