package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.SqlStatements;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds what scripts do outside the schema of a tenant. Runs the scripts in a transaction that is rolled back. A script
 * that fails because the scripts before it are not committed is run again on a home at the version before it. For use by one
 * thread.
 */
final class SchemaBoundaryCheck {
    private final Scratch scratch;
    private final Map<String, List<String>> statements;
    private final BoundaryFindings findings;
    private final DatabaseSideEffects sideEffects;
    private final ScriptTrial trial;

    /**
     * @param statements of each script, by the name of the file
     * @param nonTransactional scripts that Flyway runs outside a transaction
     * @param allow scripts that may reach outside the schema
     */
    SchemaBoundaryCheck(
            Scratch scratch, Map<String, List<String>> statements, Set<String> nonTransactional, Set<String> allow) {
        this.scratch = scratch;
        this.statements = statements;
        this.findings = new BoundaryFindings(statements, nonTransactional, allow);
        this.sideEffects = new DatabaseSideEffects(scratch);
        this.trial = new ScriptTrial(scratch);
        statements.forEach((script, ofScript) -> ofScript.stream()
                .map(IrreversibleStatements::in)
                .flatMap(Optional::stream)
                .findFirst()
                .ifPresent(words -> findings.exclude(script, irreversible(words))));
    }

    private static String irreversible(String words) {
        return "no rollback undoes what it does (" + words + "), so it was not tried";
    }

    /** Ends trials before these scripts. */
    void exclude(ExcludedScripts scripts) {
        scripts.scripts().forEach(findings::exclude);
        scripts.withRows().forEach(findings::excludeWithRows);
    }

    /** What is known now. The check adds to it. */
    BoundaryFindings findings() {
        return findings;
    }

    /** Tries all scripts in one transaction. The scratch home must not exist. */
    void tryAll(List<Migration> path) throws SQLException {
        trial.begin();
        ForeignChanges changes;
        scratch.begin();
        try {
            scratch.create();
            sideEffects.probe();
            findings.hasEventTriggers(sideEffects.hasEventTriggers());
            findings.onlyUnchecked(path);
            for (Migration migration : path) {
                if (scratch.blocksOthers()) {
                    // The rest is tried one by one.
                    break;
                }
                run(migration);
            }
            changes = foreignChanges();
        } finally {
            scratch.undo();
        }
        if (!sideEffects.isOrdinary(resolve(changes, Set.of()), text(path))) {
            findCulprits(path);
        }
    }

    /** Tries all again and compares after each script, to find the scripts that made the changes. */
    private void findCulprits(List<Migration> path) throws SQLException {
        Map<Migration, ForeignChanges> changes = new LinkedHashMap<>();
        trial.begin();
        scratch.begin();
        try {
            scratch.create();
            for (Migration migration : path) {
                if (scratch.blocksOthers()) {
                    findings.unchecked(migration);
                } else {
                    run(migration);
                    changes.put(migration, foreignChanges());
                }
            }
        } finally {
            scratch.undo();
        }
        ForeignChanges before = ForeignChanges.NONE;
        List<Migration> until = new ArrayList<>();
        for (Map.Entry<Migration, ForeignChanges> script : changes.entrySet()) {
            until.add(script.getKey());
            attribute(until, script.getValue(), before, Set.of());
            before = script.getValue();
        }
    }

    /**
     * Tries the last script on the scratch home as it is.
     *
     * @param until the script, and those before it
     */
    void tryLast(List<Migration> until) throws SQLException {
        String sequences = scratch.sequencesSql();
        ForeignChanges before;
        ForeignChanges changes;
        scratch.begin();
        try {
            before = scratch.isHeld() ? foreignChanges() : ForeignChanges.NONE;
            run(last(until));
            changes = foreignChanges();
        } finally {
            scratch.undo();
            scratch.session().execute(sequences);
        }
        // In a held trial, the rollback leaves what earlier scripts have made.
        attribute(until, changes, before, before.own(findings.ofOthers()));
    }

    /** Something that is done on the scratch home. */
    interface Work {
        /** Returns why it failed; empty if it did not. */
        Optional<ResultError> run() throws SQLException;
    }

    /**
     * Whether work on the scratch home as it is, in one transaction, fails or reaches outside, so that it must not be committed.
     * All of it is rolled back.
     */
    boolean mustBeRolledBack(Work work) throws SQLException {
        String sequences = scratch.sequencesSql();
        boolean failed;
        ForeignChanges changes;
        scratch.hold();
        try {
            failed = work.run().isPresent();
            changes = foreignChanges();
        } finally {
            scratch.release();
            scratch.session().execute(sequences);
        }
        return failed || !resolve(changes, Set.of()).isEmpty();
    }

    /**
     * Attributes changes to the last script or to the database. An object that was changed before counts if the script
     * changes it again: an allowed script does not hide what a later one does.
     *
     * @param until the script, and those before it: they may have made functions that it calls
     * @param made the names of the tenant's objects that earlier scripts have made in the same transaction
     */
    private void attribute(List<Migration> until, ForeignChanges now, ForeignChanges before, Set<String> made)
            throws SQLException {
        Migration migration = last(until);
        Set<ForeignChanges.Item> all = resolve(now, made);
        if (all.isEmpty()) {
            return;
        }
        Set<ForeignChanges.Item> more = resolve(now.without(before), made);
        String own = text(List.of(migration));
        String text = text(until);
        for (ForeignChanges.Item item : all) {
            if (isDoneBy(item, more.contains(item), own, text)) {
                findings.changes(migration, item);
            } else if (more.contains(item)) {
                findings.triggers(migration);
            }
        }
    }

    private boolean isDoneBy(ForeignChanges.Item item, boolean isNew, String own, String text) throws SQLException {
        if (!sideEffects.mayDo(item, text)) {
            return isNew || (!item.ofTenant() && DatabaseSideEffects.isWritten(item, own));
        }
        return DatabaseSideEffects.isTarget(item, own) || (isNew && DatabaseSideEffects.isTarget(item, text));
    }

    /** Runs a script, unless it is excluded. A script that fails is unchecked, also if it did not fail before. */
    private void run(Migration migration) throws SQLException {
        List<String> ofScript = statements.get(migration.script());
        if (ofScript != null && !findings.isExcluded(migration)) {
            ScriptTrial.Outcome outcome = trial.run(migration.script(), ofScript);
            if (outcome instanceof ScriptTrial.Outcome.Failed) {
                findings.unchecked(migration);
                return;
            }
            if (outcome instanceof ScriptTrial.Outcome.DrawsNumber drawn) {
                findings.exclude(migration.script(), irreversible("a number of sequence " + drawn.sequence()));
            } else if (outcome instanceof ScriptTrial.Outcome.DroppedSchema) {
                findings.dropsSchema(migration);
            } else if (outcome instanceof ScriptTrial.Outcome.ChangedComment) {
                findings.commentsOnSchema(migration);
            }
        }
        findings.checked(migration);
    }

    private static Migration last(List<Migration> until) {
        return until.get(until.size() - 1);
    }

    private ForeignChanges foreignChanges() throws SQLException {
        return ForeignChanges.of(scratch);
    }

    private Set<ForeignChanges.Item> resolve(ForeignChanges changes, Set<String> made) throws SQLException {
        Set<ForeignChanges.Item> items = changes.resolve(scratch, made);
        // What the end of its own database drops needs no rollback.
        return scratch.hasOwnDatabase() ? ForeignChanges.outsideDatabase(items) : items;
    }

    private String text(List<Migration> scripts) {
        return scripts.stream()
                .flatMap(migration -> statements.getOrDefault(migration.script(), List.of()).stream())
                .map(SqlStatements::withoutComments)
                .collect(Collectors.joining(";\n"));
    }
}
