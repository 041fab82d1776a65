package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.engine.plan.PlanExecutor;
import io.tenantry.worker.engine.snapshot.TableColumn;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Applies all scripts of a path in one transaction, as for a new home. For use by one thread. */
final class SingleTransactionRun {
    private final PathTrial trial;

    SingleTransactionRun(PathTrial trial) {
        this.trial = trial;
    }

    /**
     * Returns the state after the scripts; empty if the transaction fails. No trial may follow: together the scripts may send
     * more than is received, which ends the session.
     *
     * @param excluded columns that the digests of rows do not count
     */
    Optional<SchemaState> run(List<PlannedScript> scripts, Set<TableColumn> excluded) throws SQLException {
        Scratch scratch = trial.scratch();
        boolean held = scratch.isHeld();
        scratch.drop();
        if (held) {
            scratch.hold();
        }
        PlanExecutor executor = trial.executor(Plans.NONE, new History(List.of()));
        SingleTransactionCheck check = new SingleTransactionCheck(
                scratch.home().schema(), scratch.session().timeouts().lock());
        Optional<SchemaState> state = Optional.empty();
        try {
            if (executor.create(scripts.stream().map(check::in).toList()) == PlanExecutor.End.DONE) {
                state = trial.read(
                        (connection, schema, before) -> SchemaState.of(connection, schema, excluded), List.of());
            }
        } catch (TooMuchSentException failure) {
            scratch.session().broken(failure);
            return Optional.empty();
        } catch (SQLException failure) {
            state = Optional.empty();
        }
        scratch.session().renew();
        return state;
    }
}
