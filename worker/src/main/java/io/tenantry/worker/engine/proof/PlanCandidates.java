package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.CustomSettingFunctions;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.catalog.ScriptCheck;
import io.tenantry.worker.engine.catalog.Sources;
import io.tenantry.worker.engine.flyway.NonTransactionalScriptFinder;
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

/** The scripts that may get plans, and the reasons why the others have none. For use by one thread. */
final class PlanCandidates {
    private final Map<String, PlannedScript> plannable = new HashMap<>();
    /** Scripts that would run in a new home as they do not in one that is there. */
    private final Map<String, PlannedScript> inNewHomes = new HashMap<>();

    private final Map<String, List<String>> statements = new HashMap<>();
    private final Map<String, NonTransactionalScript> outside = new HashMap<>();
    private final Map<String, String> reasons = new LinkedHashMap<>();

    private PlanCandidates() {}

    /** Reads all scripts; runs none. */
    static PlanCandidates of(MigrationCatalog catalog, Scratch scratch, StatementObservers readers)
            throws SQLException {
        PlanCandidates candidates = new PlanCandidates();
        StatementRecorder recording = record(catalog, scratch);
        candidates.statements.putAll(recording.statements());
        candidates.outside.putAll(unrecorded(catalog, recording, scratch));
        boolean leavesSettings = catalog.scripts().texts().stream().anyMatch(ScriptCheck::spoilsSession);
        boolean callbacks = catalog.scripts().names().stream().anyMatch(PlanCandidates::isCallback);
        for (Migration migration : catalog.migrations()) {
            String script = migration.script();
            boolean configured = catalog.scripts().isConfigured(script);
            List<String> statements = recording.statements().get(script);
            boolean isOutsideTransaction = recording.isOutsideTransaction(script);
            Optional<String> reason = callbacks
                    ? Optional.of("there are callbacks")
                    : ScriptCheck.reason(
                            migration, catalog.scripts().text(script), statements, isOutsideTransaction, configured);
            boolean read = statements != null && readers.mayRead(statements);
            if (statements != null && isOutsideTransaction) {
                NonTransactionalScript outside = new NonTransactionalScript(script, statements, scratch.names());
                candidates.outside.put(script, outside);
                outside.inTransaction()
                        .filter(inside -> !callbacks
                                && !read
                                && ScriptCheck.reason(
                                                migration, catalog.scripts().text(script), inside, configured)
                                        .isEmpty())
                        .ifPresent(inside -> candidates.inNewHomes.put(
                                script, planned(migration, catalog, inside, scratch, leavesSettings)));
            }
            if (reason.isPresent() || statements == null) {
                candidates.reasons.put(script, reason.orElse("Flyway did not read it"));
            } else if (read) {
                candidates.reasons.put(
                        script, "a trigger or function would see that its statements come in one message");
            } else {
                candidates.plannable.put(script, planned(migration, catalog, statements, scratch, leavesSettings));
            }
        }
        return candidates;
    }

    /** Flyway may end before it comes to a script that it would run outside a transaction. */
    private static Map<String, NonTransactionalScript> unrecorded(
            MigrationCatalog catalog, StatementRecorder recording, Scratch scratch) {
        Set<String> recorded = recording.statements().keySet();
        if (catalog.migrations().stream().allMatch(migration -> recorded.contains(migration.script()))) {
            return Map.of();
        }
        Map<String, NonTransactionalScript> byText = new HashMap<>(
                NonTransactionalScriptFinder.of(catalog, scratch.home().server()));
        byText.keySet().removeAll(recorded);
        return byText;
    }

    /** Each on lines of its own: the last one may end in a comment. */
    private static PlannedScript planned(
            Migration migration,
            MigrationCatalog catalog,
            List<String> statements,
            Scratch scratch,
            boolean leavesSettings) {
        StringBuilder sql = new StringBuilder();
        statements.forEach(statement -> sql.append(statement).append("\n;\n"));
        return new PlannedScript(
                migration,
                sql.toString(),
                PlannedScript.Statement.in(catalog.scripts().text(migration.script()), statements),
                scratch.names(),
                leavesSettings);
    }

    /** In a place without history Flyway begins at the newest baseline; what that stands for is read without it. */
    private static StatementRecorder record(MigrationCatalog catalog, Scratch scratch) throws SQLException {
        Sources readable = catalog.sources().without(catalog.unreadable());
        StatementRecorder recording = record(readable, scratch);
        Set<String> baselines = catalog.baselines();
        if (!baselines.isEmpty()) {
            recording.add(record(readable.without(baselines), scratch));
        }
        return recording;
    }

    /** Goes on after a script that Flyway cannot begin. */
    private static StatementRecorder record(Sources sources, Scratch scratch) throws SQLException {
        StatementRecorder recording = recordOnce(sources, scratch);
        Set<String> done = new HashSet<>();
        String failed = recording.failed();
        while (!failed.isEmpty() && done.add(failed)) {
            done.addAll(recording.statements().keySet());
            StatementRecorder rest = recordOnce(sources.without(done), scratch);
            recording.add(rest);
            failed = rest.failed();
        }
        return recording;
    }

    private static StatementRecorder recordOnce(Sources sources, Scratch scratch) throws SQLException {
        scratch.execute("BEGIN");
        scratch.create();
        StatementRecorder recording = StatementRecorder.of(sources, scratch.connection(), scratch.home());
        scratch.execute("ROLLBACK");
        scratch.renewSession();
        return recording;
    }

    private static boolean isCallback(String path) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        String prefix = file.replaceFirst("(__.*)?\\.[^.]*$", "");
        return Event.fromId(prefix) != null;
    }

    void refuse(Migration migration, String reason) {
        plannable.remove(migration.script());
        inNewHomes.remove(migration.script());
        reasons.putIfAbsent(migration.script(), reason);
    }

    /** Its plan is for homes that are being made, in which there are no rows but those of scripts. */
    void keepForNewHomes(Migration migration, String reason) {
        PlannedScript script = plannable.remove(migration.script());
        if (script != null) {
            inNewHomes.put(migration.script(), script);
            reasons.putIfAbsent(migration.script(), reason);
        }
    }

    /** The script sets the comment of its schema: its plan puts the mark back, as Flyway's way does. */
    void putBackMark(String script, String sql) {
        plannable.computeIfPresent(script, (name, planned) -> planned.followedBy(sql));
        inNewHomes.computeIfPresent(script, (name, planned) -> planned.followedBy(sql));
    }

    /** Refuses all that have not been shown to have a plan. */
    void refuseAllBut(Set<String> proven, String reason) {
        Set<String> rest = new HashSet<>(plannable.keySet());
        rest.removeAll(proven);
        rest.stream().sorted().forEach(script -> reasons.putIfAbsent(script, reason));
        plannable.keySet().retainAll(proven);
        inNewHomes.keySet().retainAll(proven);
    }

    boolean has(Migration migration) {
        return plannable.containsKey(migration.script()) || inNewHomes.containsKey(migration.script());
    }

    /** Those that are left, as if they were proven: for a new home. */
    Plans plans() {
        return proven(false).forNewHome();
    }

    /**
     * Those that are left.
     *
     * @param atOnce whether all of a new home may be applied in one transaction
     */
    Plans proven(boolean atOnce) {
        return new Plans(plannable, inNewHomes, atOnce, outside, CustomSettingFunctions.NONE);
    }

    /** What Flyway finds in each script, also in those that have no plan. */
    Map<String, List<String>> statements() {
        return statements;
    }

    /** Why scripts go through Flyway, by the name of the script. */
    Map<String, String> reasons() {
        Map<String, String> all = new LinkedHashMap<>(reasons);
        inNewHomes.keySet().stream()
                .filter(outside::containsKey)
                .forEach(script -> all.merge(
                        script, "new homes are made without its CONCURRENTLY", (one, more) -> one + "; " + more));
        return all;
    }
}
