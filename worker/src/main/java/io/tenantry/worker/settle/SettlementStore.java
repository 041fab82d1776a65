package io.tenantry.worker.settle;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.Registration;
import java.sql.SQLException;
import java.util.List;

/** The registry as the settler writes to it. Called by the settler's thread alone; each call is one transaction. */
public interface SettlementStore {
    /**
     * Writes outcomes, and marks results as published.
     *
     * @param entries the results, each of which is kept unless its identity has a row already
     * @param registrations what the registry learns from the same outcomes, in their order
     * @param published requests whose results are in Kafka
     * @return the row of each entry's identity, in the order of the entries: the entry itself, or an earlier one
     */
    List<Recorded> settle(List<LedgerEntry> entries, List<Registration> registrations, List<RequestRef> published)
            throws SQLException;

    /** Removes the rows of requests whose results cannot be published. */
    void retract(List<RequestRef> unpublished) throws SQLException;
}
