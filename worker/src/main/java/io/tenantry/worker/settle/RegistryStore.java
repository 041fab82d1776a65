package io.tenantry.worker.settle;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.Registration;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.registry.RolloutTransactions;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The store that is a {@link Registry}. */
public record RegistryStore(Registry registry) implements SettlementStore {
    @Override
    public List<Recorded> settle(
            List<LedgerEntry> entries,
            List<Registration> registrations,
            List<RequestRef> published,
            List<RequestRef> repeated)
            throws SQLException {
        return registry.settle(entries, registrations, published, repeated);
    }

    @Override
    public void retract(RequestRef unpublished, Optional<RolloutAnswer> instead) throws SQLException {
        new RolloutTransactions(registry).retract(unpublished, instead);
    }

    @Override
    public void died(RolloutAnswer member) throws SQLException {
        new RolloutTransactions(registry).died(member);
    }
}
