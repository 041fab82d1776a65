package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.Plans;
import java.time.Duration;
import java.util.List;

/** What {@link PlanVerifier} has found out about the scripts of one catalog. Immutable. */
public sealed interface PlanVerification {
    /** The plans that may be used, and what is known about the other scripts. */
    Plans plans();

    /**
     * The scripts were tried on a scratch home.
     *
     * @param refused the scripts without a plan, with the reasons
     * @param took how long the trials took
     */
    record Tried(Plans plans, List<RefusedPlan> refused, Duration took) implements PlanVerification {
        public Tried {
            refused = List.copyOf(refused);
        }
    }

    /** No script has a plan, since there was no trial or it broke off. */
    record Untried(Plans plans) implements PlanVerification {}
}
