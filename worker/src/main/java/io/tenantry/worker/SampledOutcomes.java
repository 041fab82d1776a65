package io.tenantry.worker;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.request.Outcomes;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RequestOutcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * Passes outcomes on, and when they are in the registry tells of each home that was onboarded or upgraded: some of them are
 * compared with what their migrations make. Safe for use by many threads.
 */
final class SampledOutcomes implements Outcomes {
    private final Outcomes next;
    private final BiConsumer<TenantResult, DatabaseResult> changed;

    /** @param changed called with each home that was onboarded or upgraded, after its outcome was written; must not block */
    SampledOutcomes(Outcomes next, BiConsumer<TenantResult, DatabaseResult> changed) {
        this.next = next;
        this.changed = changed;
    }

    @Override
    public void finished(Request request, RequestOutcome outcome) {
        List<DatabaseResult> homes = outcome.result().databases().stream()
                .filter(home -> home.outcome() == Outcome.COMPLETED)
                .toList();
        next.finished(request, outcome);
        if (!homes.isEmpty()) {
            CompletableFuture<Void> unused = next.whenWritten(request.key())
                    .thenRun(() -> homes.forEach(home -> changed.accept(outcome.result(), home)));
        }
    }

    @Override
    public void answeredBefore(Request request, Recorded recorded) {
        next.answeredBefore(request, recorded);
    }

    @Override
    public void unanswerable(Request request, Throwable bug) {
        next.unanswerable(request, bug);
    }

    @Override
    public CompletableFuture<Void> whenWritten(String key) {
        return next.whenWritten(key);
    }

    @Override
    public void abandoned(Request request) {
        next.abandoned(request);
    }
}
