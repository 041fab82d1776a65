package io.tenantry.worker.settle;

import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.RequestRef;

/** What the poll thread must do for a received record after all other work. */
public sealed interface Settled {
    /** Where the record is. */
    Coordinates coordinates();

    /**
     * Publish the result with the offset.
     *
     * @param endedNanos when the request had its outcome, as {@link System#nanoTime}
     */
    record Result(RequestRef request, EncodedEvent event, long endedNanos) implements Settled {
        @Override
        public Coordinates coordinates() {
            return Coordinates.of(request);
        }
    }

    /** Settle the offset alone: the result was published before, or belongs to an earlier record. */
    record Silent(Coordinates coordinates) implements Settled {}

    /** Publish the record as a dead letter with the offset. */
    record Dead(Coordinates coordinates, ErrorCode code, String message) implements Settled {
        /** Nothing is wrong with the record; the worker itself threw something, which is in its log. */
        public static Dead ofBug(Coordinates coordinates, String what) {
            return new Dead(
                    coordinates,
                    ErrorCode.INTERNAL,
                    what + " because of a bug of the worker, which its log describes; publish the record again when it"
                            + " is fixed");
        }
    }

    /** Nothing: the offset stays unsettled, and the next owner of the partition reads the record again. */
    record Abandoned(Coordinates coordinates) implements Settled {}
}
