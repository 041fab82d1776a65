package io.tenantry.worker.operator.request;

import io.tenantry.contracts.TenantResult;

/** The one terminal record of a request. */
public sealed interface Answer {
    SentRequest request();

    /** Its result. */
    record Result(SentRequest request, TenantResult result) implements Answer {}

    /**
     * It became a dead letter.
     *
     * @param code the error's
     * @param topic the dead-letter topic, with the prefix
     */
    record Dead(SentRequest request, String code, String message, String topic, int partition, long offset)
            implements Answer {}
}
