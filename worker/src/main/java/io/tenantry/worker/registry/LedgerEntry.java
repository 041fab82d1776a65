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
        return new Identity(request.source(), request.id());
    }

    record Identity(String source, String id) {}
}
