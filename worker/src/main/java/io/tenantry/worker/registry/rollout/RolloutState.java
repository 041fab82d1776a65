package io.tenantry.worker.registry.rollout;

import java.util.Locale;

/** The states of a rollout; {@code worker/docs/rollouts.md} has the diagram. */
public enum RolloutState {
    /** Some worker does not have the target yet. */
    WAITING,
    /** Requests are sent. */
    RUNNING,
    /** A wave is done, and its soak time is not over. */
    SOAKING,
    /** Nothing new is sent until it is resumed. */
    PAUSED,
    /** There were too many failures: nothing new is sent until it is resumed. */
    HALTED,
    /** Every member has its result. */
    COMPLETED,
    /** It was stopped, and never goes on. */
    ABORTED;

    /** As in the registry and in the command line's output. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nothing is done in this state any more. */
    public boolean isFinal() {
        return this == COMPLETED || this == ABORTED;
    }

    /**
     * The state with this label.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static RolloutState of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
