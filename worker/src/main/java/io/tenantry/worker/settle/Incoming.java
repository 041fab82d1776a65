package io.tenantry.worker.settle;

import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.request.Request;
import io.tenantry.worker.request.RequestOutcome;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A request that ended, as it waits for the settler's thread. */
sealed interface Incoming {
    /** The request that ended. */
    Request request();

    /** How much is sent to the registry for it. */
    long bytes();

    /**
     * Its outcome is to be written.
     *
     * @param written completes when the registry has the outcome, or has refused it
     */
    record Finished(Request request, RequestOutcome outcome, LedgerEntry entry, CompletableFuture<Void> written)
            implements Incoming {
        @Override
        public long bytes() {
            long bytes = entry.result().data().length;
            for (Map.Entry<String, String> attribute :
                    outcome.registration().attributes().entrySet()) {
                bytes += attribute.getKey().length() + attribute.getValue().length();
            }
            return bytes;
        }
    }

    /**
     * It was not run, because the ledger has a row of its identity.
     *
     * @param ofRollout whether a rollout has sent it
     */
    record AnsweredBefore(Request request, Recorded recorded, boolean ofRollout) implements Incoming {
        @Override
        public long bytes() {
            return 0;
        }
    }
}
