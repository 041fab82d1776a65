package io.tenantry.worker.registry;

import io.tenantry.worker.registry.rollout.AttemptHalts;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the registry knows about a tenant before a request runs.
 *
 * @param recorded the ledger's entry for the request's identity, if it was answered before
 * @param registered whether the tenant was onboarded, or the shared database migrated once
 * @param homes the tenant's homes, or the shared database; empty if it is not registered
 * @param halts of the rollout that sent the request, if the request is the latest attempt of its member; null otherwise
 * @param placements of a signup: the servers that were chosen for its homes, by earlier tries, or for this one
 */
public record TenantRecord(
        Optional<Recorded> recorded,
        boolean registered,
        List<RegisteredHome> homes,
        @Nullable AttemptHalts halts,
        Placements placements) {
    /** For a request that no rollout sent. */
    public TenantRecord(Optional<Recorded> recorded, boolean registered, List<RegisteredHome> homes) {
        this(recorded, registered, homes, null, Placements.NONE);
    }

    TenantRecord with(@Nullable AttemptHalts known) {
        return new TenantRecord(recorded, registered, homes, known, placements);
    }

    /** The same with the servers that were chosen for its new homes. */
    public TenantRecord placed(Placements chosen) {
        return new TenantRecord(recorded, registered, homes, halts, chosen);
    }

    /** Whether the rollout that sent the request was halted or aborted since. */
    public boolean halted() {
        return halts != null && halts.isHalted();
    }

    /** The home in this database; empty if there is none. */
    public Optional<RegisteredHome> home(String database) {
        return homes.stream().filter(home -> home.database().equals(database)).findFirst();
    }
}
