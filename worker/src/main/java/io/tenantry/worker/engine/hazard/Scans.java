package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.ColumnKey;
import io.tenantry.worker.engine.hazard.Measurement.Constraint;
import io.tenantry.worker.engine.hazard.Measurement.Relation;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which tables a statement has read, and whether its actions that always read explain that. A partitioned table is read if one
 * of its partitions is. Immutable.
 */
record Scans(StatementChanges changes) {
    /** Whether all rows were read; assumed where the server does not count scans. */
    boolean isScanned(long table) {
        return !changes.isCommitted()
                && (!changes.after().countsScans()
                        || changes.family(table)
                                .anyMatch(one -> scans(changes.after(), one) > scans(changes.before(), one)));
    }

    /** Whether rows were read one by one or by an index that finds several; see {@link Relation#scans}. */
    boolean isRead(long table) {
        return !changes.after().countsScans()
                || changes.family(table)
                        .anyMatch(one -> scans(changes.after(), one) > scans(changes.before(), one)
                                || changes.after().indexes().entrySet().stream()
                                        .anyMatch(index -> index.getValue().table() == one
                                                && scans(changes.after(), index.getKey())
                                                        > scans(changes.before(), index.getKey())));
    }

    private static long scans(Measurement measurement, long relation) {
        @Nullable Relation found = measurement.relations().get(relation);
        return found == null ? 0 : found.scans();
    }

    /**
     * Whether all rows were read more often than by those actions that cannot do without: so one that may have read them, as
     * ATTACH PARTITION, did.
     */
    boolean isScannedBeyondOthers(long table) {
        return isScanned(table)
                && (!changes.after().countsScans()
                        || changes.family(table)
                                .anyMatch(one ->
                                        scans(changes.after(), one) - scans(changes.before(), one) > byOthers(one)));
    }

    /** Whether the table itself was read for something else than to build its indexes; not known if scans are not counted. */
    boolean isScannedBeyondIndexes(long table) {
        return changes.after().countsScans()
                && scans(changes.after(), table) - scans(changes.before(), table) > byIndexes(table);
    }

    private long byIndexes(long table) {
        FileChanges files = new FileChanges(changes);
        return changes.after().indexes().entrySet().stream()
                .filter(index -> index.getValue().table() == table && files.isBuilt(index.getKey()))
                .mapToLong(index -> isOfExclusion(index.getKey()) ? 2 : 1)
                .sum();
    }

    /** At most: actions of one ALTER TABLE share a scan. */
    private long byOthers(long table) {
        long all = byIndexes(table);
        all += new FileChanges(changes).hasOther(table) ? 1 : 0;
        all += changesRows(table) ? 1 : 0;
        all += changes.after().constraints().entrySet().stream()
                .filter(one -> reads(table, one))
                .count();
        all += changes.after().columns().entrySet().stream()
                .filter(one -> one.getKey().relation() == table && readsForNotNull(one.getKey(), one.getValue()))
                .count();
        return all + new DomainHazards(changes).constrained(table);
    }

    private boolean isOfExclusion(long index) {
        return changes.after().constraints().values().stream()
                .anyMatch(one -> one.type().equals("x") && one.index() == index);
    }

    /** Whether rows of the table itself are updated or deleted. */
    boolean changesRows(long table) {
        @Nullable Relation was = changes.before().relations().get(table);
        @Nullable Relation is = changes.after().relations().get(table);
        return was != null && is != null && is.changes() > was.changes();
    }

    private boolean reads(long table, Map.Entry<Long, Constraint> one) {
        Constraint constraint = one.getValue();
        @Nullable Constraint was = changes.before().constraints().get(one.getKey());
        return (constraint.relation() == table || constraint.referencedTable() == table)
                && constraint.valid()
                && (was == null || !was.valid())
                && switch (constraint.type()) {
                    case "c" -> true;
                    case "f" -> !isOnEmptyColumn(constraint);
                    case "n" -> was != null;
                    default -> false;
                };
    }

    /** Whether the constraint is on a new column that is NULL in all rows: if both are made together, no row is read. */
    boolean isOnEmptyColumn(Constraint constraint) {
        return constraint.columns().size() == 1
                && constraint.columns().stream().allMatch(number -> {
                    ColumnKey key = new ColumnKey(constraint.relation(), number);
                    @Nullable Column column = changes.after().columns().get(key);
                    return column != null && changes.isNew(key) && !column.hasValue() && !column.isDefaulted();
                });
    }

    private boolean readsForNotNull(ColumnKey key, Column column) {
        @Nullable Column was = changes.before().columns().get(key);
        return was != null && !was.notNull() && column.notNull() && !isMaybeProven(key);
    }

    /** Whether there is a valid check that may say that the column IS NOT NULL: then SET NOT NULL reads no row. */
    boolean isMaybeProven(ColumnKey key) {
        return changes.after().constraints().values().stream()
                .anyMatch(one -> one.relation() == key.relation()
                        && one.type().equals("c")
                        && one.valid()
                        && one.testsNull()
                        && one.columns().contains(key.number()));
    }
}
