package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What {@code rollout.requested} asks for. */
public enum RolloutAction {
    /** Begin a new rollout. The same start again is the same rollout. */
    START("start"),
    /** Send nothing new until it is resumed; what was sent finishes. */
    PAUSE("pause"),
    /** Go on after a pause or a halt. Failures so far are acknowledged: the halt rule counts from 0 again. */
    RESUME("resume"),
    /** Stop, and never go on. */
    ABORT("abort"),
    /** Send the next attempt to the failed tenants of all waves that have begun. */
    RETRY_FAILED("retry-failed");

    private final String wireName;

    RolloutAction(String wireName) {
        this.wireName = wireName;
    }

    /** The name in JSON. */
    @JsonValue
    public String wireName() {
        return wireName;
    }

    /**
     * The action of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    @JsonCreator
    public static RolloutAction of(String wireName) {
        return Arrays.stream(values())
                .filter(action -> action.wireName.equals(wireName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("action is " + Excerpt.quoted(wireName)
                        + "; expected one of "
                        + Arrays.stream(values()).map(RolloutAction::wireName).collect(Collectors.joining(", "))));
    }
}
