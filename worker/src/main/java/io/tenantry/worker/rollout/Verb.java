package io.tenantry.worker.rollout;

import io.tenantry.contracts.RolloutRequestRef;
import io.tenantry.contracts.RolloutRequested;
import org.jspecify.annotations.Nullable;

/**
 * A {@code rollout.requested}.
 *
 * @param ref names it
 * @param partition of {@code rollout.requested} that has it
 * @param traceparent null if it has none
 */
record Verb(
        RolloutRequestRef ref,
        int partition,
        RolloutRequested data,
        @Nullable String traceparent) {
    static Verb of(Rollouts.Verb received) {
        return new Verb(
                new RolloutRequestRef(received.ref().id(), received.ref().source()),
                received.ref().partition(),
                received.data(),
                received.traceparent());
    }
}
