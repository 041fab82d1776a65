package io.tenantry.worker.request;

import io.tenantry.worker.registry.Recorded;
import java.util.concurrent.CompletableFuture;

/** Receives the outcomes of requests. Called from any thread; must not block. */
public interface Outcomes {
    /** It ended. */
    void finished(Request request, RequestOutcome outcome);

    /** It need not run: the ledger has the answer to this identity. */
    void answeredBefore(Request request, Recorded recorded);

    /** It ended, and a bug keeps that from being told: all that is left is a dead letter. */
    void unanswerable(Request request, Throwable bug);

    /**
     * Completes when the registry knows of every outcome of this key so far; what reads it before may find what is
     * out of date.
     */
    CompletableFuture<Void> whenWritten(String key);

    /** It was let go of unfinished, and will be read again from Kafka by whoever owns its partition then. */
    void abandoned(Request request);
}
