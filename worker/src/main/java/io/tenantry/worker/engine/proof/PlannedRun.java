package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.engine.plan.PlanExecutor;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs over a path by plans. Flyway applies the scripts that are no candidates. A candidate whose plan fails is refused. For
 * use by one thread.
 */
final class PlannedRun {
    private final PathTrial trial;
    private final PlanCandidates candidates;

    PlannedRun(PathTrial trial, PlanCandidates candidates) {
        this.trial = trial;
        this.candidates = candidates;
    }

    /**
     * Creates the home, and applies the migrations of the path in order. Ends before a script that must not run here, and
     * after a script whose result cannot be read.
     */
    RunResult run(SchemaStateReader reader) throws SQLException {
        List<Migration> path = trial.path();
        List<SchemaState> states = new ArrayList<>();
        trial.begin();
        trial.createByPlan(candidates.plans());
        for (Migration migration : path) {
            if (!trial.hasTime()) {
                break;
            }
            if (trial.boundary().findings().isUnchecked(migration)) {
                trial.boundary().tryLast(path.subList(0, states.size() + 1));
                if (trial.boundary().findings().refuseStart()) {
                    break;
                }
            }
            Optional<String> end = trial.whyEnd(migration);
            if (end.isPresent()) {
                refuseFrom(states.size(), end.get());
                break;
            }
            Optional<ResultError> failure = applyOne(migration, states.size());
            if (failure.isPresent()) {
                refuseFrom(
                        states.size(), "it fails in the trial: " + failure.get().message());
                return new RunResult(states, failure.get());
            }
            Optional<SchemaState> state = trial.read(reader, states);
            if (state.isEmpty()) {
                candidates.refuse(migration, "this role may not read all that it leaves");
                break;
            }
            states.add(state.get());
        }
        return RunResult.of(states);
    }

    /** Applies a migration by its plan if it is a candidate and its plan works, else by Flyway. */
    private Optional<ResultError> applyOne(Migration migration, int place) throws SQLException {
        trial.boundary().findings().whyWithoutPlan(migration).ifPresent(reason -> candidates.refuse(migration, reason));
        if (candidates.has(migration)) {
            apply(migration).ifPresent(reason -> candidates.refuse(migration, reason));
        }
        return candidates.has(migration) ? Optional.empty() : trial.runFlyway(place + 1, Optional.empty());
    }

    private void refuseFrom(int place, String reason) {
        List<Migration> path = trial.path();
        Migration first = path.get(place);
        candidates.refuse(first, reason);
        path.subList(place + 1, path.size())
                .forEach(migration -> candidates.refuse(migration, new PlanRefusal.Follows(first.script())));
    }

    /** Applies a migration by its plan. Returns why Flyway must apply it; empty if the plan may be used. */
    Optional<String> apply(Migration migration) throws SQLException {
        ScratchSession session = trial.scratch().session();
        String before = session.state();
        PlanExecutor executor = trial.executor(candidates.plans(), trial.history());
        boolean fails;
        try {
            fails = executor.apply(List.of(migration)) != PlanExecutor.End.DONE;
        } catch (TooMuchSentException failure) {
            throw session.broken(failure);
        } catch (SQLException failure) {
            fails = true;
        }
        session.afterScript();
        if (before.equals(session.state())) {
            return fails ? Optional.of("its plan fails") : Optional.empty();
        }
        session.renew();
        return Optional.of(fails ? "its plan fails" : "it changes the session");
    }
}
