package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.Known;
import io.tenantry.worker.engine.hazard.Measurement.Relation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds hazards in what one statement of an open transaction has changed. The text of the statement is not read, so a DO
 * block or a function that does the same is found too. For one script; immutable.
 */
public final class HazardFinder {
    private final Measurement start;
    private final Known inUse;

    /**
     * @param start measured in the transaction of the script, before its first statement
     * @param inUse the tables and columns that count; others are the business of nobody yet
     */
    public HazardFinder(Measurement start, Known inUse) {
        this.start = start;
        this.inUse = inUse.and(start.known());
    }

    /**
     * The hazards of one statement.
     *
     * @param before measured before it
     * @param after measured after it, in the same transaction
     * @param line where it begins; null if unknown
     */
    public List<Hazard> find(Measurement before, Measurement after, @Nullable Integer line) {
        StatementChanges changes = new StatementChanges(start, inUse, before, after);
        Findings findings = new Findings(line);
        Set<Long> retyped = retyped(changes, findings);
        columns(changes, findings, retyped);
        tables(changes, findings, retyped);
        new KeyHazards(changes, retyped).find(findings::add);
        return findings.all;
    }

    /**
     * Views that programs of the last release find no more after the script; one that is made again counts as the same.
     *
     * @param end measured after the last statement
     */
    public List<Hazard> goneViews(Measurement end) {
        Findings findings = new Findings(null);
        start.relations().entrySet().stream()
                .filter(one -> one.getValue().isView() && inUse.has(one.getKey()))
                .sorted(Map.Entry.comparingByKey())
                .forEach(one -> goneView(one.getKey(), one.getValue(), end, findings));
        return findings.all;
    }

    private void goneView(long number, Relation view, Measurement end, Findings findings) {
        String word = view.word() + " " + view.name();
        if (!end.hasReadable(view.name())) {
            @Nullable Relation renamed = end.relations().get(number);
            findings.add(
                    renamed == null ? HazardKind.BAN_DROP_VIEW : HazardKind.RENAMING_VIEW,
                    word + (renamed == null ? " is dropped" : " gets the name " + renamed.name())
                            + "; programs of the last release may use it");
            return;
        }
        start.columns().entrySet().stream()
                .filter(column -> column.getKey().relation() == number
                        && !end.hasColumn(view.name(), column.getValue().name()))
                .sorted(Map.Entry.comparingByKey(StatementChanges.BY_NUMBER))
                .forEach(column -> findings.add(
                        HazardKind.BAN_DROP_VIEW,
                        word + " has no column " + column.getValue().name()
                                + " any more; programs of the last release may use it"));
    }

    /** Takes the hazards of one statement. */
    private static final class Findings {
        private final @Nullable Integer line;
        private final List<Hazard> all = new ArrayList<>();

        private Findings(@Nullable Integer line) {
            this.line = line;
        }

        private void add(HazardKind kind, String what) {
            Hazard hazard = new Hazard(kind, line, what);
            if (!all.contains(hazard)) {
                all.add(hazard);
            }
        }
    }

    /** The tables of which a column has another type, whether that is a hazard or not. */
    private Set<Long> retyped(StatementChanges changes, Findings findings) {
        Set<Long> tables = new HashSet<>();
        changes.columnsOfBoth((key, before, after) -> {
            if (!after.dropped() && !before.typeKey().equals(after.typeKey())) {
                tables.add(key.relation());
                boolean rewritten = changes.isRewritten(key.relation()) || changes.indexesAreRebuilt(key.relation());
                if (rewritten || changes.isScanned(key.relation())) {
                    findings.add(
                            HazardKind.CHANGING_COLUMN_TYPE,
                            "column " + changes.name(key, before) + " changes from " + before.type() + " to "
                                    + after.type() + ": " + changes.who(key.relation()) + " wait while all rows are "
                                    + (rewritten ? "rewritten or indexed again" : "read"));
                }
            }
        });
        return tables;
    }

    private void columns(StatementChanges changes, Findings findings, Set<Long> retyped) {
        changes.columnsOfBoth((key, before, after) -> {
            String name = changes.name(key, before);
            if (after.dropped()) {
                findings.add(
                        HazardKind.BAN_DROP_COLUMN,
                        "column " + name + " is dropped; programs of the last release may use it");
            } else if (!before.name().equals(after.name())) {
                findings.add(
                        HazardKind.RENAMING_COLUMN,
                        "column " + name + " gets the name " + after.name()
                                + "; programs of the last release use the old one");
            }
        });
        changes.columnsOfTables((key, before, after) -> {
            if (!before.notNull()
                    && after.notNull()
                    && !retyped.contains(key.relation())
                    && changes.isScanned(key.relation())
                    && !changes.hasNewPrimaryKey(key.relation())) {
                findings.add(
                        HazardKind.ADDING_NOT_NULLABLE_FIELD,
                        "column " + changes.name(key, before) + " becomes NOT NULL: " + changes.who(key.relation())
                                + " wait while all rows are read");
            }
        });
        changes.newColumns((key, column) -> {
            if (column.hasValue() && changes.isRewritten(key.relation())) {
                findings.add(
                        HazardKind.ADDING_FIELD_WITH_DEFAULT,
                        "column " + changes.name(key, column)
                                + " is new and has another value in each row: readers and writers wait while the table is"
                                + " rewritten");
            }
        });
    }

    private void tables(StatementChanges changes, Findings findings, Set<Long> retyped) {
        for (Map.Entry<Long, Relation> entry : changes.tablesBefore().entrySet()) {
            long number = entry.getKey();
            Relation before = entry.getValue();
            @Nullable Relation after = changes.after().relations().get(number);
            if (after == null) {
                if (before.isTable()) {
                    findings.add(
                            HazardKind.BAN_DROP_TABLE,
                            "table " + before.name() + " is dropped; programs of the last release may use it");
                }
                continue;
            }
            if (before.isTable() && !before.name().equals(after.name())) {
                findings.add(
                        HazardKind.RENAMING_TABLE,
                        "table " + before.name() + " gets the name " + after.name()
                                + "; programs of the last release use the old one");
            }
            rewrite(changes, findings, retyped, number, before);
            if (after.changes() > before.changes()
                    && changes.after().lock(number).isAtLeast(Lock.SHARE_ROW_EXCLUSIVE)
                    && !changes.lockedAtStart(number)) {
                findings.add(
                        HazardKind.BACKFILL_UNDER_LOCK,
                        "rows of " + before.name() + " are changed in the transaction that keeps " + changes.who(number)
                                + " of the table out");
            }
        }
    }

    private static void rewrite(
            StatementChanges changes, Findings findings, Set<Long> retyped, long number, Relation before) {
        if (!changes.isWhollyRewritten(number)
                || changes.isWithin(number, retyped::contains)
                || changes.isWithin(number, changes::hasNewColumn)
                || changes.isWithin(number, one -> one != number && changes.isWhollyRewritten(one))) {
            return;
        }
        String name = before.word() + " " + before.name();
        if (before.isTable() && changes.isEmptied(number)) {
            findings.add(
                    HazardKind.TRUNCATING_TABLE,
                    name + " is emptied by TRUNCATE, which keeps readers and writers out until the script ends");
        } else {
            findings.add(
                    HazardKind.TABLE_REWRITE,
                    name + " is rewritten: readers and writers wait until all rows are copied");
        }
    }
}
