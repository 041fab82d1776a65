package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.Column;
import io.tenantry.worker.engine.hazard.Measurement.ColumnKey;
import io.tenantry.worker.engine.hazard.Measurement.Constraint;
import io.tenantry.worker.engine.hazard.Measurement.Known;
import io.tenantry.worker.engine.hazard.Measurement.Relation;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is different between two moments of one transaction, for the tables that are in use. A partitioned table is scanned
 * or rewritten if one of its partitions is. Immutable.
 *
 * @param start measured before the first statement of the script
 * @param isCommitted whether there were several transactions: then nothing is known of scans, and an index may be new
 */
record StatementChanges(Measurement start, Known inUse, Measurement before, Measurement after, boolean isCommitted) {
    /** Takes a column that existed before and has an entry after. */
    interface ColumnVisitor {
        void visit(ColumnKey key, Column before, Column after);
    }

    static final Comparator<ColumnKey> BY_NUMBER =
            Comparator.comparing(ColumnKey::relation).thenComparing(ColumnKey::number);

    /** Visits columns of tables that are in use themselves, in the order of their numbers. */
    void columnsOfBoth(ColumnVisitor visitor) {
        columnsOfTables((key, was, is) -> {
            if (inUse.has(key)) {
                visitor.visit(key, was, is);
            }
        });
    }

    /** Visits columns of tables in use, also those that the script has added. */
    void columnsOfTables(ColumnVisitor visitor) {
        before.columns().keySet().stream().sorted(BY_NUMBER).forEach(key -> {
            Column was = Objects.requireNonNull(before.columns().get(key));
            @Nullable Column is = after.columns().get(key);
            if (is != null
                    && !was.dropped()
                    && isTableInUse(key.relation())
                    && !isDoneByParent(key.relation(), was.name())) {
                visitor.visit(key, was, is);
            }
        });
    }

    private boolean isTableInUse(long relation) {
        @Nullable Relation found = before.relations().get(relation);
        return inUse.has(relation) && found != null && (found.isTable() || found.isCompositeType());
    }

    /** Visits columns that the statement has added to tables in use. */
    void newColumns(BiConsumer<ColumnKey, Column> visitor) {
        after.columns().keySet().stream().sorted(BY_NUMBER).forEach(key -> {
            Column column = Objects.requireNonNull(after.columns().get(key));
            if (isNewColumn(key) && !isDoneByParent(key.relation(), column.name())) {
                visitor.accept(key, column);
            }
        });
    }

    boolean hasNewColumn(long table) {
        return after.columns().keySet().stream().anyMatch(key -> key.relation() == table && isNewColumn(key));
    }

    private boolean isNewColumn(ColumnKey key) {
        return isTableInUse(key.relation()) && !before.columns().containsKey(key);
    }

    /** Whether the table that this one is a partition or child of has a change of the column too: that is named once. */
    private boolean isDoneByParent(long table, String column) {
        @Nullable Long parent = after.parents().get(table);
        return parent != null && !column(before, parent, column).equals(column(after, parent, column));
    }

    private static Optional<Column> column(Measurement measurement, long table, String name) {
        return measurement.columns().entrySet().stream()
                .filter(one -> one.getKey().relation() == table)
                .map(Map.Entry::getValue)
                .filter(one -> one.name().equals(name))
                .findFirst();
    }

    /** Tables and materialized views in use, in the order of their numbers. */
    Map<Long, Relation> tablesBefore() {
        Map<Long, Relation> tables = new LinkedHashMap<>();
        before.relations().entrySet().stream()
                .filter(one -> inUse.has(one.getKey()))
                .filter(one -> one.getValue().isTable() || one.getValue().kind().equals("m"))
                .sorted(Map.Entry.comparingByKey())
                .forEach(one -> tables.put(one.getKey(), one.getValue()));
        return tables;
    }

    /** The table of this number and its partitions. */
    private Stream<Long> family(long table) {
        return Stream.concat(
                Stream.of(table),
                before.parents().entrySet().stream()
                        .filter(child -> child.getValue() == table)
                        .flatMap(child -> family(child.getKey())));
    }

    /** Whether all rows were read; assumed where the server does not count scans. */
    boolean isScanned(long table) {
        return !isCommitted
                && (!after.countsScans() || family(table).anyMatch(one -> scans(after, one) > scans(before, one)));
    }

    private static long scans(Measurement measurement, long relation) {
        @Nullable Relation found = measurement.relations().get(relation);
        return found == null ? 0 : found.scans();
    }

    /** Whether all rows were written to a new file, or dropped with the old one. */
    boolean isRewritten(long table) {
        return family(table).anyMatch(one -> hasOtherFile(one));
    }

    /** Whether this is so for the table, or for one that it is a partition or child of. */
    boolean isWithin(long table, LongPredicate tables) {
        @Nullable Long parent = before.parents().get(table);
        return tables.test(table) || (parent != null && isWithin(parent, tables));
    }

    /** Whether the table has another file, and each of its partitions that has a file too. */
    boolean isWhollyRewritten(long table) {
        List<Long> files = family(table).filter(this::hasFile).toList();
        return !files.isEmpty() && files.stream().allMatch(this::hasOtherFile);
    }

    private boolean hasFile(long relation) {
        @Nullable Relation found = before.relations().get(relation);
        return found != null && found.filenode() != 0;
    }

    /**
     * Whether there are no rows in the new files: there were some before, or none was read to fill the files. A move to another
     * tablespace reads none.
     */
    boolean isEmptied(long table) {
        return bytes(after, table) == 0
                && family(table).noneMatch(this::isMoved)
                && (bytes(before, table) > 0 || !after.countsScans() || !isScanned(table));
    }

    private boolean isMoved(long relation) {
        @Nullable Relation was = before.relations().get(relation);
        @Nullable Relation is = after.relations().get(relation);
        return was != null && is != null && !was.tablespace().equals(is.tablespace());
    }

    private long bytes(Measurement measurement, long table) {
        return family(table)
                .map(one -> measurement.relations().get(one))
                .filter(Objects::nonNull)
                .mapToLong(Relation::bytes)
                .sum();
    }

    /** Whether the relation is still there, in another file. */
    boolean hasOtherFile(long relation) {
        @Nullable Relation was = before.relations().get(relation);
        @Nullable Relation is = after.relations().get(relation);
        return was != null && is != null && was.filenode() != is.filenode();
    }

    /** Whether an index of the table has a file that no index of it had before: PostgreSQL keeps the file if nothing changes. */
    boolean indexesAreRebuilt(long table) {
        return !isCommitted
                && family(table).anyMatch(one -> {
                    List<Long> was = files(before, one);
                    return files(after, one).stream().anyMatch(file -> !was.contains(file));
                });
    }

    private static List<Long> files(Measurement measurement, long table) {
        return measurement.indexes().entrySet().stream()
                .filter(index -> index.getValue() == table)
                .map(index -> measurement.relations().get(index.getKey()))
                .filter(Objects::nonNull)
                .map(Relation::filenode)
                .filter(file -> file != 0)
                .toList();
    }

    boolean hasNewPrimaryKey(long table) {
        return after.constraints().entrySet().stream()
                .anyMatch(one -> one.getValue().relation() == table
                        && one.getValue().type().equals("p")
                        && !before.constraints().containsKey(one.getKey())
                        && !before.indexes().containsKey(one.getValue().index()));
    }

    /** Whether the table had a constraint of this name and type, as one that a change of a column's type makes again. */
    boolean hadConstraint(Constraint constraint) {
        return before.constraints().values().stream()
                .anyMatch(one -> one.relation() == constraint.relation()
                        && one.type().equals(constraint.type())
                        && one.name().equals(constraint.name()));
    }

    /** Whether rows were read one by one or by an index that finds several; see {@link Relation#scans}. */
    boolean isRead(long table) {
        return !after.countsScans()
                || family(table)
                        .anyMatch(one -> scans(after, one) > scans(before, one)
                                || after.indexes().entrySet().stream()
                                        .anyMatch(index -> index.getValue().equals(one)
                                                && scans(after, index.getKey()) > scans(before, index.getKey())));
    }

    /**
     * Whether the script keeps writers of the table out. Scripts before it may hold a lock too, if all are tried in one
     * transaction; then a stronger lock or a changed table tells it.
     *
     * @param moment between the statements of the script
     */
    boolean isLockedByScript(long table, Measurement moment) {
        return moment.lock(table).isAtLeast(Lock.SHARE)
                && (!start.lock(table).isAtLeast(moment.lock(table))
                        || !start.structure(table).equals(moment.structure(table)));
    }

    /** Whether scripts before this one hold a lock, since all are tried in one transaction. */
    boolean lockedAtStart(long table) {
        return start.lock(table).isAtLeast(Lock.SHARE);
    }

    /** Whether the table or one of its partitions is locked so strongly. */
    boolean isLockedWithin(long table, Lock lock) {
        return family(table).anyMatch(one -> after.lock(one).isAtLeast(lock));
    }

    /** Whom the lock on the table keeps waiting. */
    String who(long table) {
        return after.lock(table).whoWaits();
    }

    /** The name of a table before the statement, else after it. */
    String name(long table) {
        @Nullable Relation was = before.relations().get(table);
        Relation found = was == null ? after.relations().get(table) : was;
        return found == null ? "another schema" : found.name();
    }

    /** For people: what the column is. */
    String word(ColumnKey key) {
        @Nullable Relation found = before.relations().get(key.relation());
        return found != null && found.isCompositeType() ? "attribute" : "column";
    }

    String name(ColumnKey key, Column column) {
        return name(key.relation()) + "." + column.name();
    }
}
