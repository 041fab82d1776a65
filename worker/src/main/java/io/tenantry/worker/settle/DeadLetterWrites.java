package io.tenantry.worker.settle;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import io.tenantry.worker.telemetry.LogFields;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the registry must have before a dead letter may be published: the ledger forgets a result that the dead letter
 * replaces, and a rollout learns that there will be no result. The poll thread adds, the settler's thread writes.
 */
final class DeadLetterWrites {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterWrites.class);

    private interface Write {
        void run() throws SQLException;

        void refused(RegistryCalls.RefusedException refusal);
    }

    private record Waiting(Write write, CompletableFuture<Void> done) {}

    private final SettlementStore store;
    private final RegistryCalls calls;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    DeadLetterWrites(SettlementStore store, RegistryCalls calls) {
        this.store = store;
        this.calls = calls;
    }

    /**
     * Completes when the ledger does not have the result of the request, or does not let it go.
     *
     * @param instead what its rollout is told; empty if no rollout sent it
     */
    CompletableFuture<Void> retract(RequestRef request, Optional<RolloutAnswer> instead) {
        return add(new Write() {
            @Override
            public void run() throws SQLException {
                store.retract(request, instead);
            }

            @Override
            public void refused(RegistryCalls.RefusedException refusal) {
                try (var unused = LogFields.of(request).open()) {
                    LOG.error(
                            "the registry does not remove the result of {}, which becomes a dead letter; the same request"
                                    + " sent again gets no answer",
                            request,
                            refusal.getCause());
                }
            }
        });
    }

    /** Completes when the rollout knows that its request becomes a dead letter, or the registry does not take it. */
    CompletableFuture<Void> died(RolloutAnswer member) {
        return add(new Write() {
            @Override
            public void run() throws SQLException {
                store.died(member);
            }

            @Override
            public void refused(RegistryCalls.RefusedException refusal) {
                LOG.error(
                        "the registry does not take that the request {} of a rollout becomes a dead letter; the rollout waits"
                                + " for its result until it is aborted",
                        member.requestId(),
                        refusal.getCause());
            }
        });
    }

    private CompletableFuture<Void> add(Write write) {
        Waiting next = new Waiting(write, new CompletableFuture<>());
        waiting.add(next);
        return next.done();
    }

    /** Writes all that wait, or as many as it can until the settler is closed. */
    void writeAll() throws InterruptedException {
        for (Waiting next = waiting.peek(); next != null; next = waiting.peek()) {
            if (!write(next.write())) {
                return;
            }
            waiting.remove();
            next.done().complete(null);
        }
    }

    /** False if the settler was closed first. */
    private boolean write(Write write) throws InterruptedException {
        try {
            Optional<Boolean> written = calls.untilAnswered(() -> {
                write.run();
                return true;
            });
            return written.isPresent();
        } catch (RegistryCalls.RefusedException refusal) {
            write.refused(refusal);
            return true;
        }
    }
}
