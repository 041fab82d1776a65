package io.tenantry.worker.registry;

import java.util.List;
import java.util.Optional;

/**
 * What the registry knows about a tenant before a request runs.
 *
 * @param recorded the ledger's entry for the request's identity, if it was answered before
 * @param registered whether the tenant was onboarded, or the shared database migrated once
 * @param homes the tenant's homes, or the shared database; empty if it is not registered
 * @param halted whether the rollout that sent the request was halted or aborted since
 */
public record TenantRecord(
        Optional<Recorded> recorded, boolean registered, List<RegisteredHome> homes, boolean halted) {
    /** For a request that no rollout sent, or that its rollout still wants. */
    public TenantRecord(Optional<Recorded> recorded, boolean registered, List<RegisteredHome> homes) {
        this(recorded, registered, homes, false);
    }

    TenantRecord withHalted() {
        return new TenantRecord(recorded, registered, homes, true);
    }

    /** The home in this database; empty if there is none. */
    public Optional<RegisteredHome> home(String database) {
        return homes.stream().filter(home -> home.database().equals(database)).findFirst();
    }
}
