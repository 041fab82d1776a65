package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.Relation;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Which relations have other files after a statement: PostgreSQL keeps a file if nothing in it changes. Immutable. */
record FileChanges(StatementChanges changes) {
    /** Whether the relation is still there, in another file. */
    boolean hasOther(long relation) {
        return differs(relation, (was, is) -> was.filenode() != is.filenode());
    }

    /** Whether the table, or one of its partitions, has another file. */
    boolean isRewritten(long table) {
        return changes.family(table).anyMatch(this::hasOther);
    }

    /** Whether the table has another file, and each of its partitions that has a file too. */
    boolean isWhollyRewritten(long table) {
        List<Long> files = changes.family(table).filter(this::hasFile).toList();
        return !files.isEmpty() && files.stream().allMatch(this::hasOther);
    }

    private boolean hasFile(long relation) {
        @Nullable Relation found = changes.before().relations().get(relation);
        return found != null && found.filenode() != 0;
    }

    /** Whether all rows were copied to another place or form: a tablespace, UNLOGGED, an access method. */
    boolean isMoved(long relation) {
        return differs(
                relation,
                (was, is) -> !was.tablespace().equals(is.tablespace())
                        || !was.storage().equals(is.storage()));
    }

    private boolean differs(long relation, BiPredicate<Relation, Relation> how) {
        @Nullable Relation was = changes.before().relations().get(relation);
        @Nullable Relation is = changes.after().relations().get(relation);
        return was != null && is != null && how.test(was, is);
    }

    /**
     * Whether TRUNCATE took the rows, and not DELETE before a rewrite: TRUNCATE takes back that rows were counted as deleted. Of a
     * table into which the transaction has inserted nothing, it is told by empty files that no action has read rows to fill.
     */
    boolean isTruncated(long table) {
        if (changes.isCommitted() || !isWhollyRewritten(table) || bytesAfter(table) > 0) {
            return false;
        }
        return changes.family(table).anyMatch(this::hasInsertedRows)
                ? changes.family(table).noneMatch(this::hasDeletedRows)
                : changes.family(table)
                        .noneMatch(one -> isMoved(one) || new Scans(changes).isScannedBeyondIndexes(one));
    }

    private boolean hasInsertedRows(long relation) {
        @Nullable Relation was = changes.before().relations().get(relation);
        return was != null && was.inserted() > 0;
    }

    private boolean hasDeletedRows(long relation) {
        return differs(relation, (was, is) -> is.changes() > 0 && is.changes() >= was.changes());
    }

    private long bytesAfter(long table) {
        return changes.family(table)
                .map(one -> changes.after().relations().get(one))
                .filter(Objects::nonNull)
                .mapToLong(Relation::bytes)
                .sum();
    }

    /** Whether the index has a file that no index of its table had before. */
    boolean isBuilt(long index) {
        long file = file(changes.after(), index);
        long table =
                Objects.requireNonNull(changes.after().indexes().get(index)).table();
        return file != 0
                && changes.before().indexes().entrySet().stream()
                        .noneMatch(
                                one -> one.getValue().table() == table && file(changes.before(), one.getKey()) == file);
    }

    private static long file(Measurement measurement, long relation) {
        return Optional.ofNullable(measurement.relations().get(relation))
                .map(Relation::filenode)
                .orElse(0L);
    }
}
