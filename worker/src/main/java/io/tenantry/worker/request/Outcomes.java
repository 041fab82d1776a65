package io.tenantry.worker.request;

import io.tenantry.worker.registry.Recorded;
import java.util.concurrent.CompletableFuture;

/** Receives the outcomes of requests. Called from any thread; must not block. */
public interface Outcomes {
    /** The request ended. */
    void finished(Request request, RequestOutcome outcome);

    /** The request need not run: the ledger has the result of this identity. */
    void answeredBefore(Request request, Recorded recorded);

    /** The request ended, but a bug prevents its result: it becomes a dead letter. */
    void unanswerable(Request request, Throwable bug);

    /**
     * Completes when the registry has every outcome of this key so far. An earlier read of the registry may be out of
     * date.
     */
    CompletableFuture<Void> whenWritten(String key);

    /** The request was abandoned unfinished; the owner of its partition reads it again from Kafka. */
    void abandoned(Request request);
}
