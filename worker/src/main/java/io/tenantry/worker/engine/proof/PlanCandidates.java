package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.CustomSettingFunctions;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.engine.flyway.StatementRecorder;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;

/** The scripts that may get plans, and the reasons why the others get none. For use by one thread. */
final class PlanCandidates {
    private final MigrationCatalog catalog;
    private final PlannedScript.Names names;
    private final boolean leavesSettings;
    private final boolean hasCallbacks;
    private final Map<String, PlannedScript> plannable = new HashMap<>();
    /** Plans that are for new homes only. */
    private final Map<String, PlannedScript> inNewHomes = new HashMap<>();

    private final Map<String, List<String>> statements = new HashMap<>();
    private final Map<String, NonTransactionalScript> nonTransactional = new HashMap<>();
    private final Map<String, PlanRefusal> refusals = new LinkedHashMap<>();

    private PlanCandidates(MigrationCatalog catalog, PlannedScript.Names names) {
        this.catalog = catalog;
        this.names = names;
        this.leavesSettings = catalog.scripts().texts().stream().anyMatch(ScriptCheck::requiresNewSession);
        this.hasCallbacks = catalog.scripts().names().stream().anyMatch(PlanCandidates::isCallback);
    }

    /** Reads all scripts; runs none. */
    static PlanCandidates of(MigrationCatalog catalog, Scratch scratch, StatementObservers observers)
            throws SQLException {
        PlanCandidates candidates = new PlanCandidates(catalog, scratch.names());
        StatementRecorder recording = ScriptRecording.of(catalog, scratch);
        candidates.statements.putAll(recording.statements());
        candidates.nonTransactional.putAll(ScriptRecording.unrecorded(catalog, recording, scratch));
        for (Migration migration : catalog.migrations()) {
            @Nullable List<String> statements = recording.statements().get(migration.script());
            candidates.add(
                    migration,
                    statements,
                    recording.isOutsideTransaction(migration.script()),
                    statements != null && observers.mayObserve(statements));
        }
        return candidates;
    }

    /**
     * @param ofScript the statements of the script; null if Flyway did not read it
     * @param isObserved whether a trigger or function may read the whole message (current_query), which has other statements too
     */
    private void add(
            Migration migration, @Nullable List<String> ofScript, boolean isOutsideTransaction, boolean isObserved) {
        String script = migration.script();
        String text = catalog.scripts().text(script);
        boolean configured = catalog.scripts().isConfigured(script);
        if (ofScript != null && isOutsideTransaction) {
            NonTransactionalScript outside = new NonTransactionalScript(script, ofScript, names);
            nonTransactional.put(script, outside);
            outside.inTransaction()
                    .filter(inside -> !hasCallbacks && !isObserved)
                    .filter(inside -> ScriptCheck.reason(migration, text, inside, configured)
                            .isEmpty())
                    .ifPresent(inside -> inNewHomes.put(script, planned(migration, inside)));
        }
        Optional<String> reason = hasCallbacks
                ? Optional.of("there are callbacks")
                : ScriptCheck.reason(migration, text, ofScript, isOutsideTransaction, configured);
        if (reason.isPresent() || ofScript == null) {
            refusals.put(script, new PlanRefusal.Unsuitable(reason.orElse("Flyway did not read it")));
        } else if (isObserved) {
            refusals.put(
                    script,
                    new PlanRefusal.Unsuitable(
                            "a trigger or function could see that its statements are sent in one message"));
        } else {
            plannable.put(script, planned(migration, ofScript));
        }
    }

    private PlannedScript planned(Migration migration, List<String> ofScript) {
        StringBuilder sql = new StringBuilder();
        // The semicolon is on its own line because the statement may end in a comment.
        ofScript.forEach(statement -> sql.append(statement).append("\n;\n"));
        return new PlannedScript(
                migration,
                sql.toString(),
                PlannedScript.Statement.in(catalog.scripts().text(migration.script()), ofScript),
                names,
                leavesSettings);
    }

    private static boolean isCallback(String path) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        String prefix = file.replaceFirst("(__.*)?\\.[^.]*$", "");
        return Event.fromId(prefix) != null;
    }

    void refuse(Migration migration, String reason) {
        refuse(migration, new PlanRefusal.Unsuitable(reason));
    }

    /** Removes the plans of a script. The first reason counts. */
    void refuse(Migration migration, PlanRefusal reason) {
        plannable.remove(migration.script());
        inNewHomes.remove(migration.script());
        refusals.putIfAbsent(migration.script(), reason);
    }

    /** Restricts a plan to new homes, where only scripts have made rows. */
    void keepForNewHomes(Migration migration, PlanRefusal reason) {
        PlannedScript script = plannable.remove(migration.script());
        if (script != null) {
            inNewHomes.put(migration.script(), script);
            refusals.putIfAbsent(migration.script(), reason);
        }
    }

    /** Appends a statement that restores the mark to the plan of a script that sets the comment of its schema. */
    void restoreMark(String script, String sql) {
        plannable.computeIfPresent(script, (name, planned) -> planned.followedBy(sql));
        inNewHomes.computeIfPresent(script, (name, planned) -> planned.followedBy(sql));
    }

    /** Refuses the plans of all scripts that are not proven. */
    void refuseAllBut(Set<String> proven, String reason) {
        Set<String> rest = new HashSet<>(plannable.keySet());
        rest.removeAll(proven);
        rest.stream().sorted().forEach(script -> refusals.putIfAbsent(script, new PlanRefusal.Unsuitable(reason)));
        plannable.keySet().retainAll(proven);
        inNewHomes.keySet().retainAll(proven);
    }

    boolean has(Migration migration) {
        return plannable.containsKey(migration.script()) || inNewHomes.containsKey(migration.script());
    }

    /** The plans of all candidates, as for a new home. */
    Plans plans() {
        return proven(false).forNewHome();
    }

    /**
     * The plans of all candidates.
     *
     * @param atOnce whether all migrations of a new home may be applied in one transaction
     */
    Plans proven(boolean atOnce) {
        return new Plans(plannable, inNewHomes, atOnce, nonTransactional, CustomSettingFunctions.NONE);
    }

    /** The statements that Flyway finds in each script, also in those that have no plan. */
    Map<String, List<String>> statements() {
        return statements;
    }

    /** The scripts without a plan for homes that exist. */
    List<RefusedPlan> refused() {
        return refusals.entrySet().stream()
                .map(script ->
                        new RefusedPlan(script.getKey(), script.getValue(), inNewHomes.containsKey(script.getKey())))
                .toList();
    }
}
