package io.tenantry.worker.request.run;

import io.tenantry.worker.registry.NewTenant;
import io.tenantry.worker.registry.PlacementTable;
import io.tenantry.worker.registry.Placements;
import io.tenantry.worker.registry.Registry;
import java.util.concurrent.CompletableFuture;

/** Places many new tenants on servers with one transaction of the registry. Safe for use by many threads. */
public final class PlacementBatcher implements Placing, AutoCloseable {
    private final RegistryBatches<NewTenant, Placements> batches;

    public PlacementBatcher(Registry registry) {
        PlacementTable table = new PlacementTable();
        RegistryBatches.Query<NewTenant, Placements> place =
                wanted -> registry.inTransaction(connection -> table.place(connection, wanted));
        this.batches = new RegistryBatches<>("placements", place);
    }

    @Override
    public CompletableFuture<Placements> place(NewTenant tenant) {
        return batches.ask(tenant);
    }

    @Override
    public void close() {
        batches.close();
    }
}
