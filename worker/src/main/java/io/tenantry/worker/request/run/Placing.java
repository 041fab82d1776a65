package io.tenantry.worker.request.run;

import io.tenantry.worker.registry.NewTenant;
import io.tenantry.worker.registry.Placements;
import java.util.concurrent.CompletableFuture;

/** Chooses the servers of a new tenant's homes. */
public interface Placing {
    /** Returns at once; the answer fails with an {@link java.sql.SQLException} if the registry does not answer. */
    CompletableFuture<Placements> place(NewTenant tenant);
}
