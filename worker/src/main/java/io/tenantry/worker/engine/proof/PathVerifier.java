package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the scripts of one path. After each script, the result of the plan is compared with the result of Flyway.
 * The first script that differs loses its plan, and the comparison starts again. For use by one thread.
 */
final class PathVerifier {
    /** How many scripts may lose their plan by what they leave: each costs a scratchRun. */
    private static final int MOST_RUNS = 6;
    /** More runs of Flyway, to see which facts of volatile values vary. */
    private static final int RUNS_TO_COMPARE = 3;

    private final ScratchRun scratchRun;
    private final PlanCandidates candidates;
    private List<SchemaState> planned;
    private List<SchemaState> flyway;
    /** By plan too, in an earlier run. */
    private List<SchemaState> plannedBefore = List.of();

    private SchemaStateReader look = SchemaStateReader.WHOLE;
    private boolean measured;
    private boolean steadied;
    /** Whether Flyway was seen to leave the same at each version. */
    private boolean isWhole;

    private final Set<String> unstable = new HashSet<>();

    /**
     * @param planned the states of the first run by plan
     * @param flyway those of the first run by Flyway
     */
    PathVerifier(
            ScratchRun scratchRun, PlanCandidates candidates, List<SchemaState> planned, List<SchemaState> flyway) {
        this.scratchRun = scratchRun;
        this.candidates = candidates;
        this.planned = planned;
        this.flyway = flyway;
    }

    /** Adds the scripts of the path that are proven. */
    void prove(Set<String> proven) throws SQLException {
        List<Migration> path = scratchRun.path();
        for (int runs = 1; ; runs++) {
            int differs = firstDifference();
            if (differs >= 0 && !measured) {
                measure();
                differs = firstDifference();
            }
            if (differs >= 0 && !steadied && factsDiffer(differs)) {
                steady();
                differs = firstDifference();
            }
            if (differs < 0 || !candidates.has(path.get(differs)) || runs == MOST_RUNS) {
                int same = differs < 0 ? Math.min(planned.size(), flyway.size()) : differs;
                path.subList(0, same).stream()
                        .filter(candidates::has)
                        .forEach(migration -> proven.add(migration.script()));
                isWhole = same > 0 && same == path.size();
                scratchRun.withRows(candidates, same);
                return;
            }
            candidates.refuse(path.get(differs), "its plan leaves something else than Flyway");
            plannedBefore = planned;
            planned = scratchRun.byPlan(candidates, look).states();
        }
    }

    /** Finds the columns that two runs of Flyway fill differently; they are compared by their facts from now on. */
    private void measure() throws SQLException {
        measured = true;
        List<SchemaState> again =
                scratchRun.byFlyway(SchemaStateReader.against(flyway)).states();
        if (again.stream().allMatch(state -> state.leftOut().isEmpty())) {
            return;
        }
        flyway = again;
        look = SchemaStateReader.as(again);
        plannedBefore = planned;
        planned = scratchRun.byPlan(candidates, look).states();
    }

    /** Finds the facts that vary between runs of Flyway, such as the nulls of a column that is filled by lot. */
    private void steady() throws SQLException {
        steadied = true;
        for (int run = 0; run < RUNS_TO_COMPARE && scratchRun.hasTime(); run++) {
            List<SchemaState> again = scratchRun.byFlyway(look).states();
            for (int i = 0; i < Math.min(again.size(), flyway.size()); i++) {
                unstable.addAll(again.get(i).facts().differences(flyway.get(i).facts()));
            }
        }
    }

    private boolean factsDiffer(int state) {
        return !planned.get(state)
                .facts()
                .differences(flyway.get(state).facts())
                .isEmpty();
    }

    /** The first version at which they differ; -1 if none, as far as both go. */
    private int firstDifference() throws SQLException {
        @Nullable List<SchemaState> third = null;
        for (int i = 0; i < Math.min(planned.size(), flyway.size()); i++) {
            if (!planned.get(i).isLike(flyway.get(i), unstable)) {
                return i;
            }
            if (isConstant(i, plannedBefore)) {
                // Two runs may agree by chance.
                third = third == null ? scratchRun.byPlan(candidates, look).states() : third;
                if (isConstant(i, third)) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** Whether plans leave the same twice where Flyway leaves something else each time. */
    private boolean isConstant(int state, List<SchemaState> other) {
        return state < other.size() && planned.get(state).hasSameVolatileValues(other.get(state));
    }

    /** Whether all of the path may be applied in one transaction; to be asked last of all, after {@link #prove}. */
    boolean atOnce() throws SQLException {
        Optional<List<PlannedScript>> all = candidates.plans().all(scratchRun.path());
        if (!isWhole || all.isEmpty()) {
            return false;
        }
        SchemaState expected = flyway.get(scratchRun.path().size() - 1);
        return !setForTheirTransaction(all.get())
                && scratchRun
                        .atOnce(all.get(), expected.leftOut())
                        .filter(state -> state.isLike(expected, unstable))
                        .isPresent();
    }

    /** What the last one sets, none sees. */
    private static boolean setForTheirTransaction(List<PlannedScript> scripts) {
        return scripts.subList(0, scripts.size() - 1).stream()
                .anyMatch(script -> ScriptCheck.setsForItsTransaction(script.sql()));
    }
}
