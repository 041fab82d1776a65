package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.ColumnKey;
import io.tenantry.worker.engine.hazard.Measurement.Constraint;
import io.tenantry.worker.engine.hazard.Measurement.Index;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Indexes and constraints that PostgreSQL makes again, with other numbers, since a column in them gets another type. Immutable. */
record Remade(StatementChanges changes) {
    /** Whether an index of the same name and shape was there before, on a column that has another type now. */
    boolean isRemade(long index) {
        Index made = Objects.requireNonNull(changes.after().indexes().get(index));
        return changes.isNewIndex(index)
                && isOnRetyped(made.table(), made.columns())
                && changes.before().indexes().entrySet().stream()
                        .anyMatch(one -> isSame(one, changes.before(), index, made, changes.after()));
    }

    /** Whether an index that is gone is there again, or went with a column. */
    boolean isReplaced(long index) {
        Index gone = Objects.requireNonNull(changes.before().indexes().get(index));
        return has(gone.table(), gone.columns(), changes::isDropped)
                || (isOnRetyped(gone.table(), gone.columns())
                        && changes.after().indexes().entrySet().stream()
                                .anyMatch(one -> isSame(one, changes.after(), index, gone, changes.before())));
    }

    private static boolean isSame(
            Map.Entry<Long, Index> one, Measurement of, long number, Index index, Measurement ofIndex) {
        return one.getValue().table() == index.table()
                && one.getValue().shape().equals(index.shape())
                && name(of, one.getKey()).equals(name(ofIndex, number));
    }

    private static String name(Measurement measurement, long relation) {
        Measurement.@Nullable Relation found = measurement.relations().get(relation);
        return found == null ? "" : found.name();
    }

    /** Whether the constraint was there before, on a column that has another type now. */
    boolean isRemade(long number, Constraint constraint) {
        return !changes.before().constraints().containsKey(number)
                && isOnRetyped(constraint.relation(), constraint.columns())
                && changes.before().constraints().values().stream()
                        .anyMatch(one -> one.relation() == constraint.relation()
                                && one.type().equals(constraint.type())
                                && one.name().equals(constraint.name())
                                && one.valid() == constraint.valid()
                                && one.columns().equals(constraint.columns()));
    }

    private boolean isOnRetyped(long table, Set<Integer> columns) {
        return has(table, columns, changes::isRetyped);
    }

    private static boolean has(long table, Set<Integer> columns, Predicate<ColumnKey> which) {
        return columns.stream().anyMatch(number -> which.test(new ColumnKey(table, number)));
    }
}
