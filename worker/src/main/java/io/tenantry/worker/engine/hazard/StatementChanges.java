package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.ColumnKey;
import io.tenantry.worker.engine.hazard.Measurement.Relation;
import java.util.Comparator;
import java.util.LinkedHashMap;
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

    /** Visits columns that the statement has added to tables in use, in the order of their numbers. */
    void newColumns(BiConsumer<ColumnKey, Column> visitor) {
        after.columns().keySet().stream().sorted(BY_NUMBER).forEach(key -> {
            Column column = Objects.requireNonNull(after.columns().get(key));
            if (isNewColumn(key) && !isDoneByParent(key.relation(), column.name())) {
                visitor.accept(key, column);
            }
        });
    }

    private boolean isNewColumn(ColumnKey key) {
        return isTableInUse(key.relation()) && isNew(key);
    }

    /** Whether the table that this one is a partition or child of has a change of the column too: that is named once. */
    private boolean isDoneByParent(long table, String column) {
        @Nullable Long parent = after.parents().get(table);
        return parent != null && !column(before, parent, column).equals(column(after, parent, column));
    }

    static Optional<Column> column(Measurement measurement, long table, String name) {
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
    Stream<Long> family(long table) {
        return Stream.concat(
                Stream.of(table),
                before.parents().entrySet().stream()
                        .filter(child -> child.getValue() == table)
                        .flatMap(child -> family(child.getKey())));
    }

    /** Whether this is so for the table, or for one that it is a partition or child of. */
    boolean isWithin(long table, LongPredicate tables) {
        return tables.test(table) || isBelow(table, tables);
    }

    /** Whether this is so for one that the table is a partition or child of. */
    boolean isBelow(long table, LongPredicate tables) {
        @Nullable Long parent = before.parents().get(table);
        return parent != null && isWithin(parent, tables);
    }

    /** Whether the index was not there before. */
    boolean isNewIndex(long index) {
        return !before.indexes().containsKey(index);
    }

    /** Whether the column has another type. */
    boolean isRetyped(ColumnKey key) {
        @Nullable Column was = before.columns().get(key);
        @Nullable Column is = after.columns().get(key);
        return was != null && is != null && !is.dropped() && !was.typeKey().equals(is.typeKey());
    }

    boolean isNew(ColumnKey key) {
        return !before.columns().containsKey(key);
    }

    /** Whether the column is gone, and its table is not. */
    boolean isDropped(ColumnKey key) {
        @Nullable Column was = before.columns().get(key);
        @Nullable Column is = after.columns().get(key);
        return was != null && !was.dropped() && is != null && is.dropped();
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
