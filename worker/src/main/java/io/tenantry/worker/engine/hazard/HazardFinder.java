package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.Known;
import io.tenantry.worker.engine.hazard.Measurement.Relation;
import java.util.ArrayList;
import java.util.EnumSet;
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
    private static final Set<HazardKind> MAYBE_CONCURRENTLY =
            EnumSet.of(HazardKind.REQUIRE_CONCURRENT_INDEX_CREATION, HazardKind.REQUIRE_CONCURRENT_INDEX_DELETION);

    /** They say by themselves that rows are read under a lock. */
    private static final Set<HazardKind> READS_ROWS = EnumSet.of(
            HazardKind.REQUIRE_CONCURRENT_INDEX_CREATION,
            HazardKind.REQUIRE_CONCURRENT_REINDEX,
            HazardKind.CHANGING_COLUMN_TYPE,
            HazardKind.ADDING_NOT_NULLABLE_FIELD,
            HazardKind.CONSTRAINT_MISSING_NOT_VALID,
            HazardKind.ADDING_FOREIGN_KEY_CONSTRAINT,
            HazardKind.DISALLOWED_UNIQUE_CONSTRAINT,
            HazardKind.ADDING_EXCLUSION_CONSTRAINT,
            HazardKind.ADDING_FIELD_WITH_DEFAULT,
            HazardKind.BAN_ALTER_DOMAIN_WITH_ADD_CONSTRAINT,
            HazardKind.TABLE_REWRITE,
            HazardKind.TRUNCATING_TABLE,
            HazardKind.REQUIRE_CONCURRENT_REFRESH,
            HazardKind.ATTACHING_PARTITION,
            HazardKind.BACKFILL_UNDER_LOCK);

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
        return find(before, after, new Findings(line, false));
    }

    private List<Hazard> find(Measurement before, Measurement after, Findings findings) {
        StatementChanges changes = new StatementChanges(start, inUse, before, after, findings.isCommitted);
        Set<Long> retyped = retyped(changes, findings);
        columns(changes, findings, retyped);
        tables(changes, findings, retyped);
        new KeyHazards(changes, retyped).find(findings::add);
        if (!findings.isCommitted) {
            RowsUnderLock rows = new RowsUnderLock(changes);
            rows.changed(findings::add);
            if (findings.all.stream().noneMatch(hazard -> READS_ROWS.contains(hazard.kind()))) {
                rows.read(findings::add);
            }
        }
        return findings.all;
    }

    /**
     * The hazards of statements that were committed, of whose locks and scans nothing is known any more. Indexes that came or
     * went may have done so CONCURRENTLY.
     */
    public List<Hazard> findCommitted(Measurement before, Measurement after) {
        return find(before, after, new Findings(null, true));
    }

    /**
     * What only the end of a script shows: a view that is gone and not made again, or row security without a policy.
     *
     * @param end measured after the last statement
     */
    public List<Hazard> atEnd(Measurement end) {
        return new EndOfScript(start, inUse, end).hazards();
    }

    /** Those of these hazards that the end of the script does not take back. */
    public List<Hazard> withoutReplaced(List<Hazard> found, Measurement end) {
        return new EndOfScript(start, inUse, end).withoutReplaced(found);
    }

    /** Takes the hazards of one statement. */
    private static final class Findings {
        private final @Nullable Integer line;
        private final boolean isCommitted;
        private final List<Hazard> all = new ArrayList<>();

        private Findings(@Nullable Integer line, boolean isCommitted) {
            this.line = line;
            this.isCommitted = isCommitted;
        }

        private void add(HazardKind kind, String what) {
            Hazard hazard = new Hazard(kind, line, what);
            if (!all.contains(hazard) && !(isCommitted && MAYBE_CONCURRENTLY.contains(kind))) {
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
                                    + after.type() + ": "
                                    + (rewritten ? "readers and writers" : changes.who(key.relation()))
                                    + " wait while all rows are "
                                    + (rewritten ? "rewritten or indexed again" : "read"));
                }
            }
        });
        return tables;
    }

    private void columns(StatementChanges changes, Findings findings, Set<Long> retyped) {
        changes.columnsOfBoth((key, before, after) -> {
            String name = changes.word(key) + " " + changes.name(key, before);
            if (after.dropped()) {
                findings.add(HazardKind.BAN_DROP_COLUMN, name + " is dropped; programs of the last release may use it");
            } else if (!before.name().equals(after.name())) {
                findings.add(
                        HazardKind.RENAMING_COLUMN,
                        name + " gets the name " + after.name() + "; programs of the last release use the old one");
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
        if (before.kind().equals("m")) {
            refresh(changes, findings, number, before, name);
        } else if (findings.isCommitted) {
            findings.add(
                    HazardKind.TABLE_REWRITE,
                    name + " is rewritten or emptied: readers and writers wait until that is done");
        } else if (before.isTable() && changes.isEmptied(number)) {
            findings.add(
                    HazardKind.TRUNCATING_TABLE,
                    name + " is emptied by TRUNCATE, which keeps readers and writers out until the script ends");
        } else {
            findings.add(
                    HazardKind.TABLE_REWRITE,
                    name + " is rewritten: readers and writers wait until all rows are copied");
        }
    }

    /** Nobody can read a view that was never filled. */
    private static void refresh(
            StatementChanges changes, Findings findings, long number, Relation before, String name) {
        @Nullable Relation after = changes.after().relations().get(number);
        if (before.populated() && after != null) {
            findings.add(
                    HazardKind.REQUIRE_CONCURRENT_REFRESH,
                    after.populated()
                            ? name + " is filled again: readers wait until that is done"
                            : name + " is emptied (WITH NO DATA): readers fail until it is filled again");
        }
    }
}
