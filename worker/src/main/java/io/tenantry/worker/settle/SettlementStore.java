package io.tenantry.worker.settle;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.LedgerEntry;
import io.tenantry.worker.registry.Recorded;
import io.tenantry.worker.registry.Registration;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The registry as the settler writes to it. Called by the settler's thread alone; each call is one transaction. */
public interface SettlementStore {
    /**
     * Writes outcomes, with what they mean for their rollouts, and marks results as published.
     *
     * @param entries the results, each of which is kept unless its identity has a row already
     * @param registrations what the registry learns from the same outcomes, in their order
     * @param published requests whose results are in Kafka
     * @param repeated requests of rollouts that were not run, because the ledger had their results; their rollouts may not
     *     know these
     * @return the row of each entry's identity, in the order of the entries: the entry itself, or an earlier one
     */
    List<Recorded> settle(
            List<LedgerEntry> entries,
            List<Registration> registrations,
            List<RequestRef> published,
            List<RequestRef> repeated)
            throws SQLException;

    /**
     * Removes the row of a request whose result cannot be published.
     *
     * @param instead what its rollout is told; empty if no rollout sent it
     */
    void retract(RequestRef unpublished, Optional<RolloutAnswer> instead) throws SQLException;

    /** Tells a rollout that its request becomes a dead letter. */
    void died(RolloutAnswer member) throws SQLException;
}
