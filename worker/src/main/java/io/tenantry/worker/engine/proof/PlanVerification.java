package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.Plans;
import java.time.Duration;
import java.util.List;

/** What {@link PlanVerifier} has found out about the scripts of one catalog. Immutable. */
public sealed interface PlanVerification {
    /** The plans that may be used, and what is known about the other scripts. */
    Plans plans();

    /** What the owner should know; empty if all is well. */
    List<VerificationWarning> warnings();

    /**
     * The scripts were tried on a scratch home.
     *
     * @param refused the scripts without a plan, with the reasons
     * @param took how long the trials took
     */
    record Tried(Plans plans, List<RefusedPlan> refused, List<VerificationWarning> warnings, Duration took)
            implements PlanVerification {
        public Tried {
            refused = List.copyOf(refused);
            warnings = List.copyOf(warnings);
        }
    }

    /** No script was tried, and none has a plan. */
    record Untried(Plans plans, List<VerificationWarning> warnings) implements PlanVerification {
        public Untried {
            warnings = List.copyOf(warnings);
        }
    }
}
