package io.tenantry.worker.registry.rollout;

import java.util.Arrays;

/** How far a member of a rollout is, with its latest attempt. */
public enum MemberState {
    PENDING("pending"),
    COMPLETED("completed"),
    UP_TO_DATE("up-to-date"),
    FAILED("failed"),
    SKIPPED("skipped");

    private final String label;

    MemberState(String label) {
        this.label = label;
    }

    /** As in the registry and in the command line's output. */
    public String label() {
        return label;
    }

    /**
     * The state with this label.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static MemberState of(String label) {
        return Arrays.stream(values())
                .filter(state -> state.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no member state " + label));
    }
}
