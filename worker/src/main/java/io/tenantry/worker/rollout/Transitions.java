package io.tenantry.worker.rollout;

import static io.tenantry.worker.registry.rollout.RolloutState.ABORTED;
import static io.tenantry.worker.registry.rollout.RolloutState.COMPLETED;
import static io.tenantry.worker.registry.rollout.RolloutState.HALTED;
import static io.tenantry.worker.registry.rollout.RolloutState.PAUSED;
import static io.tenantry.worker.registry.rollout.RolloutState.RUNNING;
import static io.tenantry.worker.registry.rollout.RolloutState.SOAKING;
import static io.tenantry.worker.registry.rollout.RolloutState.WAITING;

import io.tenantry.worker.registry.rollout.RolloutRow;
import io.tenantry.worker.registry.rollout.RolloutState;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every change of a rollout's state. The diagram in {@code worker/docs/rollouts.md} has exactly these; a test compares them.
 * Immutable.
 */
final class Transitions {
    private static final Map<RolloutState, Set<RolloutState>> ALLOWED = allowed();

    private Transitions() {}

    private static Map<RolloutState, Set<RolloutState>> allowed() {
        Map<RolloutState, Set<RolloutState>> allowed = new EnumMap<>(RolloutState.class);
        allowed.put(WAITING, EnumSet.of(RUNNING, COMPLETED, ABORTED));
        allowed.put(RUNNING, EnumSet.of(SOAKING, PAUSED, HALTED, COMPLETED, ABORTED));
        allowed.put(SOAKING, EnumSet.of(RUNNING, PAUSED, HALTED, ABORTED));
        allowed.put(PAUSED, EnumSet.of(RUNNING, HALTED, ABORTED));
        allowed.put(HALTED, EnumSet.of(RUNNING, ABORTED));
        allowed.put(COMPLETED, EnumSet.of(RUNNING));
        allowed.put(ABORTED, EnumSet.noneOf(RolloutState.class));
        return allowed;
    }

    /** Whether a rollout can go from one state to the other. */
    static boolean isAllowed(RolloutState from, RolloutState to) {
        return ALLOWED.getOrDefault(from, Set.of()).contains(to);
    }

    /**
     * The rollout in its next state.
     *
     * @param reason of a pause, a halt or an abort; null otherwise
     * @throws IllegalStateException if it cannot go there: a bug, since verbs are checked before
     */
    static RolloutRow transitionTo(RolloutState next, RolloutRow row, @Nullable String reason) {
        if (!isAllowed(row.state(), next)) {
            throw new IllegalStateException(
                    "rollout " + row.rollout() + " cannot go from " + row.state() + " to " + next);
        }
        RolloutRow changed = row.in(next, reason).waitingFor(null);
        return next == HALTED || next == ABORTED ? changed.haltedOnce() : changed;
    }
}
