package io.tenantry.worker.step;

import io.tenantry.worker.registry.Recorded;

/** Takes what became of requests. Called from any thread; must not block. */
public interface Outcomes {
    /** It ended. */
    void finished(Request request, RequestOutcome outcome);

    /** It need not run: the ledger has the answer to this identity. */
    void answeredBefore(Request request, Recorded recorded);

    /** It ended, and a bug keeps that from being told: all that is left is a dead letter. */
    void unanswerable(Request request, Throwable bug);

    /** It was let go of unfinished, and will be read again from Kafka by whoever owns its partition then. */
    void abandoned(Request request);
}
