package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.ColumnKey;
import io.tenantry.worker.engine.hazard.Measurement.Relation;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hazards of tables that are rewritten or emptied, each with the action that surely does it. Only if there is none, one that
 * may do it is named. For one use, by one thread.
 */
final class RewriteHazards {
    private final StatementChanges changes;
    private final Findings findings;
    private final Scans scans;
    private final FileChanges files;
    private final TypeChanges types;
    /** Tables with a column that makes PostgreSQL rewrite them. */
    private final Set<Long> explained = new HashSet<>();

    RewriteHazards(StatementChanges changes, Findings findings, Scans scans, FileChanges files) {
        this.changes = changes;
        this.findings = findings;
        this.scans = scans;
        this.files = files;
        this.types = new TypeChanges(changes);
        changes.columnsOfTables((key, before, after) -> {
            if (changes.isRetyped(key) && types.needsRewrite(before, after)) {
                explain(key.relation());
            }
        });
        changes.newColumns((key, column) -> {
            if (isComputed(column)) {
                explain(key.relation());
            }
        });
    }

    private void explain(long table) {
        if (files.isWhollyRewritten(table)) {
            explained.add(table);
        }
    }

    private static boolean isComputed(Column column) {
        return column.isComputed() || column.isChecked();
    }

    /** Columns that have another type. */
    void types() {
        Set<Long> maybe = new HashSet<>();
        changes.columnsOfTables((key, before, after) -> {
            if (changes.isRetyped(key)) {
                retyped(key, before, after, maybe);
            }
        });
        explained.addAll(maybe);
    }

    private void retyped(ColumnKey key, Column before, Column after, Set<Long> maybe) {
        long table = key.relation();
        String consequence;
        if (types.needsRewrite(before, after) && files.isWhollyRewritten(table)) {
            consequence = "readers and writers wait while all rows are rewritten";
        } else if (mayRewrite(table)) {
            maybe.add(table);
            consequence =
                    "readers and writers wait while all rows are rewritten, by USING or by another action of the same"
                            + " statement";
        } else if (types.rebuildsIndex(key, before, after)) {
            consequence = "readers and writers wait while all rows are indexed again";
        } else if (types.mayRebuildIndex(key, before)) {
            consequence =
                    "readers and writers wait while all rows are indexed again, for the new type or by another action of"
                            + " the same statement";
        } else if (types.checksAgain(key) && scans.isScanned(table)) {
            consequence = changes.who(table) + " wait while all rows are read, since a CHECK is on the column";
        } else {
            return;
        }
        findings.add(
                HazardKind.CHANGING_COLUMN_TYPE,
                table,
                "column " + changes.name(key, before) + " changes from " + before.type() + " to " + after.type() + ": "
                        + consequence);
    }

    /** Whether nothing else is known that rewrites the table. Statements that were committed were measured before. */
    private boolean mayRewrite(long table) {
        return !changes.isCommitted()
                && files.isWhollyRewritten(table)
                && !changes.isWithin(table, explained::contains)
                && !files.isTruncated(table)
                && changes.family(table).noneMatch(files::isMoved);
    }

    /** Columns that are new. */
    void newColumns() {
        changes.newColumns((key, column) -> {
            if (isComputed(column) && files.isWhollyRewritten(key.relation())) {
                findings.add(
                        HazardKind.ADDING_FIELD_WITH_DEFAULT,
                        key.relation(),
                        "column " + changes.name(key, column)
                                + " is new and has another value in each row: readers and writers wait while the table is"
                                + " rewritten");
            }
        });
    }

    /** Tables and materialized views that are rewritten for another reason. */
    void tables() {
        changes.tablesBefore().forEach((number, before) -> {
            @Nullable Relation after = changes.after().relations().get(number);
            if (after != null && files.isWhollyRewritten(number)) {
                rewritten(number, before, after);
            }
        });
    }

    private void rewritten(long number, Relation before, Relation after) {
        String name = before.word() + " " + before.name();
        boolean isTruncated = before.isTable() && files.isTruncated(number);
        if (isTruncated && !changes.isBelow(number, files::isTruncated)) {
            findings.add(
                    HazardKind.TRUNCATING_TABLE,
                    number,
                    name + " is emptied by TRUNCATE, which keeps readers and writers out until the script ends");
        }
        if (files.isMoved(number)) {
            findings.add(
                    HazardKind.TABLE_REWRITE,
                    number,
                    name + " is rewritten: readers and writers wait until all rows are copied");
        } else if (before.kind().equals("m")) {
            refreshed(number, before, after, name);
        } else if (!isTruncated
                && !changes.isWithin(number, explained::contains)
                && !changes.isBelow(number, files::isWhollyRewritten)) {
            findings.add(
                    HazardKind.TABLE_REWRITE,
                    number,
                    changes.isCommitted()
                            ? name + " is rewritten or emptied: readers and writers wait until that is done"
                            : name + " is rewritten: readers and writers wait until all rows are copied");
        }
    }

    /** Nobody can read a view that was never filled. */
    private void refreshed(long number, Relation before, Relation after, String name) {
        if (before.populated()) {
            findings.add(
                    HazardKind.REQUIRE_CONCURRENT_REFRESH,
                    number,
                    after.populated()
                            ? name + " is filled again: readers wait until that is done"
                            : name + " is emptied (WITH NO DATA): readers fail until it is filled again");
        }
    }
}
