package io.tenantry.worker.request.run;

import io.tenantry.worker.registry.LookUp;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.TenantRecord;
import io.tenantry.worker.request.Request;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Looks up many requests in the registry with one query. Safe for use by many threads. */
public final class LookupBatcher implements AutoCloseable {
    private final RegistryBatches<LookUp, TenantRecord> batches;

    public LookupBatcher(Registry registry) {
        this(registry::lookUp);
    }

    /** @param registry {@link Registry#lookUp} */
    LookupBatcher(RegistryBatches.Query<LookUp, TenantRecord> registry) {
        this.batches = new RegistryBatches<>("look-ups", registry);
    }

    /**
     * Returns at once; the answer fails with an {@link java.sql.SQLException} if the registry does not answer.
     *
     * @param ofRollout whether a rollout sent the request, and may have been halted since
     */
    CompletableFuture<TenantRecord> ask(Request request, boolean ofRollout) {
        @Nullable String tenant = request.data().tenant();
        return batches.ask(new LookUp(request.ref(), tenant, tenant == null ? request.key() : null, ofRollout));
    }

    @Override
    public void close() {
        batches.close();
    }
}
