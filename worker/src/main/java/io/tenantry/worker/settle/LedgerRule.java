package io.tenantry.worker.settle;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.telemetry.RequestMeters;

/**
 * Decides by the ledger what a request gets. Each identity (source, id and type of a request) has one result, and the
 * first record of the identity gets it. Safe for use by many threads.
 */
final class LedgerRule {
    private final RequestMeters meters;

    /** @param meters count the repeats */
    LedgerRule(RequestMeters meters) {
        this.meters = meters;
    }

    /** For a request that was not run, because the ledger has a row of its identity. */
    Settled ofAnsweredBefore(Request request, Recorded row) {
        return apply(request, row, "was not run");
    }

    /**
     * For a request that was run.
     *
     * @param row of the request's identity, after the outcome was written: an earlier outcome has stayed
     */
    Settled ofFinished(Request request, Recorded row) {
        return apply(request, row, "was run at the same time");
    }

    private Settled apply(Request request, Recorded row, String fate) {
        LedgerEntry first = row.entry();
        Coordinates here = Coordinates.of(request.ref());
        if (!first.result().key().equals(request.key())) {
            return new Settled.Dead(
                    here,
                    ErrorCode.INVALID_EVENT,
                    "the event's id " + request.ref().id() + " and source "
                            + request.ref().source()
                            + " were used before for " + first.result().key() + "; this one, for " + request.key()
                            + ", " + fate + ": publish it again with an id of its own");
        }
        if (!Coordinates.of(first.request()).equals(here)) {
            // The earlier record gets the result.
            meters.duplicate();
            return new Settled.Silent(here);
        }
        return row.published()
                ? new Settled.Silent(here)
                : new Settled.Result(first.request(), first.result(), request.endedNanos());
    }
}
