package io.tenantry.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What {@code rollout.requested} asks for. */
public enum RolloutAction {
    /** Begin a new rollout. The same start again is the same rollout. */
    @JsonProperty("start")
    START,
    /** Send nothing new until it is resumed; what was sent finishes. */
    @JsonProperty("pause")
    PAUSE,
    /** Go on after a pause or a halt. Failures so far are acknowledged. */
    @JsonProperty("resume")
    RESUME,
    /** Stop, and never go on. */
    @JsonProperty("abort")
    ABORT,
    /** Send the next attempt to the failed tenants of all waves that have begun. */
    @JsonProperty("retry-failed")
    RETRY_FAILED
}
