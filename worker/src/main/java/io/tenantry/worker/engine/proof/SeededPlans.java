package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.snapshot.Difference;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Goes along a path by plans, with the rows of seeds, and compares the end with that of Flyway. Values that differ between two
 * runs of Flyway do not count. For use by one thread.
 */
final class SeededPlans {
    private final CatalogTrial trial;
    private final RehearsalTerms terms;
    private final RehearsalFindings findings;

    SeededPlans(CatalogTrial trial, RehearsalTerms terms, RehearsalFindings findings) {
        this.trial = trial;
        this.terms = terms;
        this.findings = findings;
    }

    /**
     * Compares.
     *
     * @param flyway the end of the path by Flyway, with the same seeds
     */
    void compare(List<Migration> path, SchemaState flyway) throws SQLException {
        Optional<SchemaState> planned = run(path, true, SchemaStateReader.WHOLE);
        if (planned.isEmpty() || planned.get().differences(flyway, Set.of()).isEmpty()) {
            return;
        }
        Optional<SchemaState> again = run(path, false, SchemaStateReader.against(List.of(flyway)));
        planned = again.isEmpty() ? again : run(path, true, SchemaStateReader.as(List.of(again.get())));
        if (planned.isPresent()) {
            List<Difference> differences = planned.get().differences(again.get(), Set.of());
            if (!differences.isEmpty()) {
                findings.add(Finding.warning(
                        "plan-differs",
                        null,
                        null,
                        "with the rows of the seeds, plans leave something else than Flyway: "
                                + PathEnds.shown(differences, "plan", "Flyway")));
            }
        }
    }

    /** The state at the end; empty if it is not reached, or this role may not read it. */
    private Optional<SchemaState> run(List<Migration> path, boolean byPlan, SchemaStateReader reader)
            throws SQLException {
        PathTrial along = trial.along(path);
        WalkRows rows = new WalkRows(along, terms, findings, List.of());
        PlannedRun plans = new PlannedRun(along, trial.candidates());
        along.begin();
        if (byPlan) {
            along.createByPlan(trial.candidates().plans());
        } else {
            along.scratch().create();
        }
        List<Migration> done = new ArrayList<>();
        for (Migration migration : path) {
            done.add(migration);
            if (!along.hasTime() || along.whyEnd(migration).isPresent()) {
                return Optional.empty();
            }
            boolean planned = byPlan
                    && trial.candidates().has(migration)
                    && plans.apply(migration).isEmpty();
            if (!planned && along.runFlyway(done.size(), Optional.empty()).isPresent()) {
                return Optional.empty();
            }
            rows.reached(migration);
        }
        return along.read(reader, List.of());
    }
}
