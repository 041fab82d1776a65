package io.tenantry.worker.engine.plan;

import io.tenantry.worker.engine.history.MigrationResult;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The outcome of an attempt to bring a home to a version by plans alone. The home's lock is not kept. */
public sealed interface PlanOutcome {
    /**
     * The home needs no further step.
     *
     * @param lockedAt when the request last took the home's lock, by the server's clock; the result is at
     *     least as new. Null if it never took the lock, and only read the home
     */
    record Done(MigrationResult result, @Nullable Instant lockedAt) implements PlanOutcome {}

    /** Another session works on the home: come back later. */
    record Busy() implements PlanOutcome {}

    /** No plan applies: take the lock and run all steps. What was applied so far stays. */
    record None() implements PlanOutcome {}
}
