package io.tenantry.worker.operator.deadletters;

import org.jspecify.annotations.Nullable;

/**
 * A dead letter, and what became of its request since.
 *
 * @param fate as far as the registry and the dead-letter topics show it
 * @param deadAgain the newest dead letter of the record that this one was sent again as; null if there is none
 */
public record DeadLetterState(
        DeadLetterRecord letter, Fate fate, @Nullable Place deadAgain) {
    /** What became of the request. */
    public enum Fate {
        /** It has no answer; whether it was sent again and waits is not known. */
        OPEN,
        /** The ledger has a result for its identity, or a rollout took it. */
        ANSWERED,
        /** It was sent again, and is a dead letter again. */
        DEAD_AGAIN,
        /** It has no identity that outlives its record, so nothing is known of it. */
        UNKNOWN
    }
}
