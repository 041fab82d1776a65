package io.tenantry.worker.settle;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.Event;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.ResultId;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RequestOutcome;
import io.tenantry.worker.request.RolloutRequests;
import io.tenantry.worker.telemetry.RequestMeters;
import java.time.Duration;

/** Makes the event of a request's result, and counts the request. Safe for use by many threads. */
final class ResultEncoder {
    private final String source;
    private final RolloutRequests rollouts;
    private final RequestMeters meters;
    private final EventCodec codec = new EventCodec();

    /** @param source {@code ce_source} of the results */
    ResultEncoder(String source, RequestMeters meters) {
        this.source = source;
        this.rollouts = new RolloutRequests(source);
        this.meters = meters;
    }

    /** The outcome as it is kept in the ledger and published. */
    LedgerEntry encode(Request request, RequestOutcome outcome) {
        RequestRef ref = request.ref();
        Event<?> event = new Event<>(
                ResultId.of(ref.source(), ref.id(), ref.type()),
                source,
                outcome.type(),
                outcome.result().finishedAt(),
                request.traceparent(),
                outcome.result());
        count(request, outcome.result());
        return new LedgerEntry(
                ref, codec.encode(event), isOfRollout(request) ? RolloutAnswer.of(ref, outcome.result()) : null);
    }

    /** Whether a rollout has sent the request. */
    boolean isOfRollout(Request request) {
        return rollouts.include(request.ref(), request.data());
    }

    private void count(Request request, TenantResult result) {
        meters.finished(
                request.typeLabel(),
                result.outcome().wireName(),
                result.error() == null ? null : result.error().code().code(),
                Duration.ofNanos(request.endedNanos() - request.receivedNanos()));
        for (DatabaseResult home : result.databases()) {
            if (home.outcome() != Outcome.NOT_ATTEMPTED && home.outcome() != Outcome.SKIPPED) {
                meters.homeFinished(home.database(), home.outcome().wireName(), Duration.ofMillis(home.durationMs()));
            }
        }
    }
}
