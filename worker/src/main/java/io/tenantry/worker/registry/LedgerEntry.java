package io.tenantry.worker.registry;

import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its one result.
 *
 * @param request identity and coordinates
 * @param result as it will be published; its key is the tenant
 * @param answer what it means for the rollout that sent the request; null if no rollout did, and for a row that was read
 */
public record LedgerEntry(
        RequestRef request, EncodedEvent result, @Nullable RolloutAnswer answer) {
    /** For a request that no rollout sent. */
    public LedgerEntry(RequestRef request, EncodedEvent result) {
        this(request, result, null);
    }

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
