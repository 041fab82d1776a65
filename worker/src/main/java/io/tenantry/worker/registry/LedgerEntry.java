package io.tenantry.worker.registry;

import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.RequestRef;

/**
 * One request and its one result.
 *
 * @param request identity and coordinates
 * @param result as it will be published; its key is the tenant
 */
public record LedgerEntry(RequestRef request, EncodedEvent result) {
    Identity identity() {
        return Identity.of(request);
    }

    /** What the ledger holds at most one row for, as in the id of a result. */
    record Identity(String source, String id, String type) {
        static Identity of(RequestRef request) {
            return new Identity(request.source(), request.id(), request.type());
        }
    }
}
