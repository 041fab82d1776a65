package io.tenantry.worker.engine.plan;

import io.tenantry.worker.engine.history.MigrationResult;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The outcome of an attempt to bring a home to a version by plans alone. The home's lock is not kept. */
public sealed interface PlanOutcome {
    /**
     * It is done with.
     *
     * @param lockedAt when the request last took the home's lock, by the server's clock: what is said of the home is at
     *     least as new; null if it never did, and the home was only looked at
     */
    record Done(MigrationResult result, @Nullable Instant lockedAt) implements PlanOutcome {}

    /** Somebody else works on the home: come back later. */
    record Busy() implements PlanOutcome {}

    /** No plan applies: take the lock and run all steps. What was applied so far stays. */
    record None() implements PlanOutcome {}
}
