package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;

/** Runs over a path by Flyway alone. The results of plans are compared with the states of this run. For use by one thread. */
final class ReferenceRun {
    /**
     * active_sql_transaction, no_active_sql_transaction, invalid_transaction_termination, object_in_use,
     * unsafe_new_enum_value_usage.
     */
    static final Set<String> ONLY_IN_ONE_TRANSACTION = Set.of("25001", "25P01", "2D000", "55006", "55P04");

    private final PathTrial trial;

    ReferenceRun(PathTrial trial) {
        this.trial = trial;
    }

    /** Applies the migrations, as far as a run by plan could go; to be called after such a run. */
    RunResult run(SchemaStateReader reader) throws SQLException {
        Scratch scratch = trial.scratch();
        List<Migration> path = trial.path();
        trial.begin();
        scratch.create();
        int committed = 0;
        while (committed < path.size() && mayBeCommitted(path.get(committed))) {
            committed++;
        }
        int end = committed;
        while (end < path.size()
                && trial.boundary().findings().whyEnd(path.get(end), true).isEmpty()) {
            end++;
        }
        StateRecorder recorder = new StateRecorder(reader);
        Optional<ResultError> failure =
                committed == 0 ? Optional.empty() : trial.runFlyway(committed, Optional.of(recorder));
        if (failure.isEmpty() && end > committed) {
            scratch.hold();
            failure = trial.runFlyway(end, Optional.of(recorder));
        }
        if (recorder.isEnded) {
            return RunResult.of(recorder.states);
        }
        if (end > 0) {
            recorder.record();
        }
        return new RunResult(
                recorder.states, failure.filter(this::concernsNewTenants).orElse(null));
    }

    private boolean mayBeCommitted(Migration migration) {
        BoundaryFindings findings = trial.boundary().findings();
        return !findings.mustBeRolledBack(migration)
                && findings.whyEnd(migration, false).isEmpty();
    }

    /** Whether new tenants will meet the failure too, and it is not due to the one transaction of the trial. */
    private boolean concernsNewTenants(ResultError failure) {
        return !trial.scratch().isHeld() || !ONLY_IN_ONE_TRANSACTION.contains(String.valueOf(failure.sqlState()));
    }

    /** Reads the state that a migration has left, when the next one begins. */
    private final class StateRecorder implements Callback {
        private final SchemaStateReader reader;
        private final List<SchemaState> states = new ArrayList<>();
        private boolean hasBegun;
        private boolean isEnded;
        private boolean isBlind;

        private StateRecorder(SchemaStateReader reader) {
            this.reader = reader;
        }

        @Override
        public boolean supports(Event event, @Nullable Context context) {
            return event == Event.BEFORE_EACH_MIGRATE;
        }

        @Override
        public boolean canHandleInTransaction(Event event, @Nullable Context context) {
            return true;
        }

        @Override
        public void handle(Event event, Context context) {
            try {
                if (hasBegun) {
                    record();
                }
                hasBegun = true;
                if (trial.scratch().isHeld() && trial.scratch().blocksOthers()) {
                    isEnded = true;
                    throw new FlywayException("the trial ends here: its locks keep other sessions from shared tables");
                }
            } catch (SQLException failure) {
                throw new FlywayException("the state before the migration cannot be read", failure);
            }
        }

        private void record() throws SQLException {
            Optional<SchemaState> state = isBlind ? Optional.empty() : trial.read(reader, states);
            isBlind = state.isEmpty();
            state.ifPresent(states::add);
        }

        @Override
        public String getCallbackName() {
            return "state-recorder";
        }
    }
}
