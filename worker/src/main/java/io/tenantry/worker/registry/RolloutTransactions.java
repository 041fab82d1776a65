package io.tenantry.worker.registry;

import io.tenantry.contracts.RequestRef;
import io.tenantry.worker.registry.rollout.RolloutAnswer;
import io.tenantry.worker.registry.rollout.RolloutAnswers;
import io.tenantry.worker.registry.rollout.RolloutPruning;
import io.tenantry.worker.registry.rollout.RolloutWait;
import io.tenantry.worker.registry.rollout.RolloutWaits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Transactions about rollouts, except those of their driver. Safe for use by many threads. */
public final class RolloutTransactions {
    private final Registry registry;
    private final Ledger ledger = new Ledger();
    private final RolloutAnswers answers = new RolloutAnswers();
    private final RolloutPruning pruning = new RolloutPruning();
    private final RolloutWaits waits = new RolloutWaits();

    public RolloutTransactions(Registry registry) {
        this.registry = registry;
    }

    /**
     * Forgets the result of a request, which was never published; see {@link Ledger#retract}.
     *
     * @param instead what the rollout that sent the request is told if the result was there; empty if no rollout did
     */
    public void retract(RequestRef unpublished, Optional<RolloutAnswer> instead) throws SQLException {
        registry.inTransaction(connection -> {
            if (ledger.retract(connection, List.of(unpublished)) > 0) {
                answers.retracted(connection, instead.stream().toList());
            }
            return true;
        });
    }

    /** Tells a rollout that its request becomes a dead letter; see {@link RolloutAnswers#died}. */
    public void died(RolloutAnswer member) throws SQLException {
        registry.inTransaction(connection -> {
            answers.died(connection, List.of(member));
            return true;
        });
    }

    /**
     * Deletes a rollout that ended longer ago than the retention, and some of the verbs and published events that are
     * older.
     *
     * @param limit of verbs, and of events
     * @return whether there may be more
     */
    public boolean prune(Duration retention, int limit) throws SQLException {
        return registry.inTransaction(connection -> {
            int rollouts = pruning.oneRollout(connection, retention);
            int verbs = pruning.verbs(connection, retention, limit);
            int events = pruning.events(connection, retention, limit);
            return rollouts > 0 || verbs == limit || events == limit;
        });
    }

    /** Writes what the requests of rollouts in a worker wait for; see {@link RolloutWaits#write}. */
    public void writeWaits(String group, String worker, List<RolloutWait> oldest) throws SQLException {
        registry.inTransaction(connection -> {
            waits.write(connection, group, worker, oldest);
            return true;
        });
    }
}
