package io.tenantry.worker.settle;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.telemetry.LogFields;
import io.tenantry.worker.telemetry.RequestMeters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides by the ledger what a request gets. Each identity (source, id and type of a request) has one result, and the
 * first record of the identity gets it. Safe for use by many threads.
 */
final class LedgerRule {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerRule.class);

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
            return dead(request, first.result().key(), fate);
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

    private static Settled dead(Request request, String earlierKey, String fate) {
        RequestRef ref = request.ref();
        String message = "the event's id " + ref.id() + " and source " + ref.source() + " were used before for "
                + earlierKey + "; this one, for " + request.key() + ", " + fate
                + ": publish it again with an id of its own";
        try (var unused =
                LogFields.of(ref, request.key(), request.traceparent()).open()) {
            LOG.warn("{}-{} offset {} becomes a dead letter: {}", ref.topic(), ref.partition(), ref.offset(), message);
        }
        return new Settled.Dead(Coordinates.of(ref), ErrorCode.INVALID_EVENT, message);
    }
}
