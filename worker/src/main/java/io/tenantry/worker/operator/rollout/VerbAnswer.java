package io.tenantry.worker.operator.rollout;

import io.tenantry.contracts.EventType;
import io.tenantry.contracts.RolloutResult;
import java.time.Duration;

/** What became of a verb. */
public sealed interface VerbAnswer {
    /**
     * A worker has done it.
     *
     * @param type of the event that says so
     */
    record Accepted(EventType type, RolloutResult result) implements VerbAnswer {}

    /**
     * A worker has refused it: nothing was changed.
     *
     * @param code stable name of the error
     */
    record Refused(String code, String reason) implements VerbAnswer {}

    /**
     * Its request became a dead letter: nothing was changed.
     *
     * @param code stable name of the error
     */
    record DeadLettered(String code, String reason) implements VerbAnswer {}

    /** No answer has come in this time. It may still be done. */
    record None(Duration patience) implements VerbAnswer {}
}
