package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.engine.snapshot.Difference;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Runs over a path by plans once more, with sample rows for each script that may meet rows. A script whose plan then leaves
 * something else than Flyway keeps its plan for new homes only. A script that fails keeps the plan that was proven without
 * rows. For use by one thread.
 */
final class SampleRowsRun {
    private final PathTrial trial;
    private final PlanCandidates candidates;
    private final PlannedRun plans;

    SampleRowsRun(PathTrial trial, PlanCandidates candidates) {
        this.trial = trial;
        this.candidates = candidates;
        this.plans = new PlannedRun(trial, candidates);
    }

    /**
     * Tries the first migrations of the path.
     *
     * @param count how many of them are proven
     * @return what could not be tried; empty if all was tried
     */
    Optional<VerificationWarning.RowsNotTried> run(int count) throws SQLException {
        try {
            return tryWithRows(count);
        } catch (TooMuchSentException failure) {
            throw failure.withSampleRows();
        } catch (SQLException failure) {
            trial.scratch().recover();
            return Optional.of(
                    new VerificationWarning.RowsNotTried("the scripts", FailureKind.firstLines(failure.getMessage())));
        }
    }

    private Optional<VerificationWarning.RowsNotTried> tryWithRows(int count) throws SQLException {
        List<Migration> path = trial.path();
        RowsTrial rows = new RowsTrial(trial.scratch(), candidates, trial::hasTime);
        int last = count;
        while (last > 0 && !rows.concerns(path.get(last - 1))) {
            last--;
        }
        trial.begin();
        trial.createByPlan(candidates.plans());
        for (int place = 0; place < last; place++) {
            Migration migration = path.get(place);
            Optional<String> end = whyEnd(migration);
            if (end.isEmpty() && place > 0 && rows.concerns(migration)) {
                List<Difference> differences = rows.differences(migration);
                if (!differences.isEmpty()) {
                    candidates.keepForNewHomes(migration, PlanRefusal.Different.of(true, differences));
                }
            }
            if (end.isEmpty()) {
                end = trial.hasTime() ? apply(migration, place) : Optional.of("the time for trials is over");
            }
            if (end.isPresent()) {
                return Optional.of(
                        new VerificationWarning.RowsNotTried(migration.script() + " and those after it", end.get()));
            }
        }
        return Optional.empty();
    }

    private Optional<String> whyEnd(Migration migration) throws SQLException {
        Optional<String> end = trial.boundary().findings().whyEndWithRows(migration);
        return end.isPresent() ? end : trial.whyEnd(migration);
    }

    /** Brings the home to the next version, without rows. Returns why that fails; empty if it does not. */
    private Optional<String> apply(Migration migration, int place) throws SQLException {
        if (candidates.has(migration) && plans.apply(migration).isEmpty()) {
            return Optional.empty();
        }
        return trial.runFlyway(place + 1, Optional.empty()).map(failure -> "it fails there: " + failure.message());
    }
}
