package io.tenantry.worker.settle;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.telemetry.LogFields;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes results that cannot be published from the ledger. The poll thread adds, the settler's thread removes. */
final class Retractions {
    private static final Logger LOG = LoggerFactory.getLogger(Retractions.class);

    private record Retraction(RequestRef request, CompletableFuture<Void> done) {}

    private final SettlementStore store;
    private final RegistryCalls calls;
    private final Queue<Retraction> waiting = new ConcurrentLinkedQueue<>();

    Retractions(SettlementStore store, RegistryCalls calls) {
        this.store = store;
        this.calls = calls;
    }

    /** Completes when the ledger does not have the request, or does not let it go. */
    CompletableFuture<Void> add(RequestRef request) {
        Retraction retraction = new Retraction(request, new CompletableFuture<>());
        waiting.add(retraction);
        return retraction.done();
    }

    /** Removes all that wait, or as many as it can until the settler is closed. */
    void removeAll() throws InterruptedException {
        for (Retraction next = waiting.peek(); next != null; next = waiting.peek()) {
            if (!remove(next.request())) {
                return;
            }
            waiting.remove();
            next.done().complete(null);
        }
    }

    /** False if the settler was closed first. */
    private boolean remove(RequestRef request) throws InterruptedException {
        try {
            Optional<Boolean> removed = calls.untilAnswered(() -> {
                store.retract(List.of(request));
                return true;
            });
            return removed.isPresent();
        } catch (RegistryCalls.RefusedException refusal) {
            try (var unused = LogFields.of(request).open()) {
                LOG.error(
                        "the registry does not remove the result of {}, which becomes a dead letter; the same request"
                                + " sent again gets no answer",
                        request,
                        refusal.getCause());
            }
            return true;
        }
    }
}
