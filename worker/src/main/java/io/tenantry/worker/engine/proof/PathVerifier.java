package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.engine.snapshot.Difference;
import io.tenantry.worker.engine.snapshot.TableColumn;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the scripts of one path. After each script, the result of the plan is compared with the result of Flyway. The
 * first script that differs loses its plan, and the comparison starts again. For use by one thread.
 */
final class PathVerifier {
    /** Maximum number of runs by plan; each script that loses its plan here costs one. */
    private static final int MOST_RUNS = 6;
    /** The number of further runs of Flyway that show which facts of volatile values vary. */
    private static final int RUNS_TO_COMPARE = 3;

    private final PathTrial trial;
    private final PlanCandidates candidates;
    private final PlannedRun plannedRun;
    private final ReferenceRun referenceRun;
    private List<SchemaState> planned;
    private List<SchemaState> flyway;
    /** The states of the run by plan before the last one. */
    private List<SchemaState> plannedBefore = List.of();

    private SchemaStateReader reader = SchemaStateReader.WHOLE;
    private boolean knowsVolatileColumns;
    private boolean knowsUnstableFacts;
    private final Set<String> unstable = new HashSet<>();

    /**
     * The result of a verification.
     *
     * @param path the names of all scripts of the path
     * @param proven the names of those whose plans leave what Flyway leaves
     * @param isWhole whether plan and Flyway left the same after each script of the path
     * @param rowsNotTried what could not be tried with sample rows; empty if all was
     */
    record Result(
            Set<String> path,
            Set<String> proven,
            boolean isWhole,
            Optional<VerificationWarning.RowsNotTried> rowsNotTried) {
        Result {
            path = Set.copyOf(path);
            proven = Set.copyOf(proven);
        }

        /** Whether the script is on this path and is not proven. */
        boolean refutes(String script) {
            return path.contains(script) && !proven.contains(script);
        }
    }

    /** The first place of the path at which the states differ. */
    private record Divergence(int place, List<Difference> differences) {}

    /**
     * @param planned the states of the first run by plan
     * @param flyway those of the first run by Flyway
     */
    PathVerifier(PathTrial trial, PlanCandidates candidates, List<SchemaState> planned, List<SchemaState> flyway) {
        this.trial = trial;
        this.candidates = candidates;
        this.plannedRun = new PlannedRun(trial, candidates);
        this.referenceRun = new ReferenceRun(trial);
        this.planned = planned;
        this.flyway = flyway;
    }

    /** Refuses the plans of scripts that differ, and returns which scripts are proven. */
    Result verify() throws SQLException {
        List<Migration> path = trial.path();
        Optional<Divergence> divergence = divergence();
        for (int runs = 1; divergence.isPresent(); runs++) {
            Migration migration = path.get(divergence.get().place());
            if (!candidates.has(migration)) {
                break;
            }
            candidates.refuse(
                    migration, PlanRefusal.Different.of(false, divergence.get().differences()));
            if (runs == MOST_RUNS) {
                break;
            }
            runByPlan();
            divergence = divergence();
        }
        int same = divergence.map(Divergence::place).orElse(Math.min(planned.size(), flyway.size()));
        Set<String> proven = path.subList(0, same).stream()
                .filter(candidates::has)
                .map(Migration::script)
                .collect(Collectors.toSet());
        return new Result(
                path.stream().map(Migration::script).collect(Collectors.toSet()),
                proven,
                same > 0 && same == path.size(),
                new SampleRowsRun(trial, candidates).run(same));
    }

    private void runByPlan() throws SQLException {
        plannedBefore = planned;
        planned = plannedRun.run(reader).states();
    }

    /** The first difference that is not due to values that vary from run to run. */
    private Optional<Divergence> divergence() throws SQLException {
        Optional<Divergence> divergence = firstDivergence();
        if (divergence.isPresent() && !knowsVolatileColumns) {
            findVolatileColumns();
            divergence = firstDivergence();
        }
        if (divergence.isPresent()
                && !knowsUnstableFacts
                && factsDiffer(divergence.get().place())) {
            findUnstableFacts();
            divergence = firstDivergence();
        }
        return divergence;
    }

    /** Finds the columns that two runs of Flyway fill differently; they are compared by their facts from now on. */
    private void findVolatileColumns() throws SQLException {
        knowsVolatileColumns = true;
        List<SchemaState> again =
                referenceRun.run(SchemaStateReader.against(flyway)).states();
        if (again.stream().allMatch(state -> state.excluded().isEmpty())) {
            return;
        }
        flyway = again;
        reader = SchemaStateReader.as(again);
        runByPlan();
    }

    /** Finds the facts that vary between runs of Flyway, such as the nulls of a column that is filled at random. */
    private void findUnstableFacts() throws SQLException {
        knowsUnstableFacts = true;
        for (int run = 0; run < RUNS_TO_COMPARE && trial.hasTime(); run++) {
            List<SchemaState> again = referenceRun.run(reader).states();
            for (int i = 0; i < Math.min(again.size(), flyway.size()); i++) {
                again.get(i)
                        .facts()
                        .differences(flyway.get(i).facts())
                        .forEach(difference -> unstable.add(difference.object()));
            }
        }
    }

    private boolean factsDiffer(int place) {
        return !planned.get(place)
                .facts()
                .differences(flyway.get(place).facts())
                .isEmpty();
    }

    private Optional<Divergence> firstDivergence() throws SQLException {
        @Nullable List<SchemaState> third = null;
        for (int place = 0; place < Math.min(planned.size(), flyway.size()); place++) {
            List<Difference> differences = planned.get(place).differences(flyway.get(place), unstable);
            if (!differences.isEmpty()) {
                return Optional.of(new Divergence(place, differences));
            }
            if (!repeated(place, plannedBefore).isEmpty()) {
                // Two runs may agree by chance.
                third = third == null ? plannedRun.run(reader).states() : third;
                SortedSet<TableColumn> repeated = repeated(place, third);
                if (!repeated.isEmpty()) {
                    return Optional.of(new Divergence(place, differences(repeated)));
                }
            }
        }
        return Optional.empty();
    }

    /** The columns that get the same values in two runs by plan, and other values in each run of Flyway. */
    private SortedSet<TableColumn> repeated(int place, List<SchemaState> other) {
        return place < other.size()
                ? planned.get(place).volatileColumnsWithSameValues(other.get(place))
                : Collections.emptySortedSet();
    }

    private static List<Difference> differences(SortedSet<TableColumn> repeated) {
        return repeated.stream()
                .<Difference>map(column -> new Difference.Amount(
                        "column " + column, "the same values in each run", "other values in each run"))
                .toList();
    }

    /**
     * Whether all of the path may be applied in one transaction. To be asked last of all: no trial may follow.
     *
     * @param result of {@link #verify}
     */
    boolean atOnce(Result result) throws SQLException {
        Optional<List<PlannedScript>> all = candidates.plans().all(trial.path());
        if (!result.isWhole() || all.isEmpty() || setForTheirTransaction(all.get())) {
            return false;
        }
        SchemaState expected = flyway.get(trial.path().size() - 1);
        return new SingleTransactionRun(trial)
                .run(all.get(), expected.excluded())
                .filter(state -> state.differences(expected, unstable).isEmpty())
                .isPresent();
    }

    /** Whether a script before the last one sets something for its transaction; no other script meets what the last one sets. */
    private static boolean setForTheirTransaction(List<PlannedScript> scripts) {
        return scripts.subList(0, scripts.size() - 1).stream()
                .anyMatch(script -> ScriptCheck.setsForItsTransaction(script.sql()));
    }
}
