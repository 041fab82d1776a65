package io.tenantry.worker.settle;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.Registration;
import io.tenantry.worker.registry.Registry;
import java.sql.SQLException;
import java.util.List;

/** The store that is a {@link Registry}. */
public record RegistryStore(Registry registry) implements SettlementStore {
    @Override
    public List<Recorded> settle(
            List<LedgerEntry> entries, List<Registration> registrations, List<RequestRef> published)
            throws SQLException {
        return registry.settle(entries, registrations, published);
    }

    @Override
    public void retract(List<RequestRef> unpublished) throws SQLException {
        registry.retract(unpublished);
    }
}
