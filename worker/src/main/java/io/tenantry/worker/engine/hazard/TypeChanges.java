package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.ColumnKey;
import io.tenantry.worker.engine.hazard.Measurement.Index;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Columns that have another type, and what that makes PostgreSQL do. Immutable. */
record TypeChanges(StatementChanges changes) {
    private static final long NUMERIC = 1700;
    private static final Set<Long> TIMESTAMPS = Set.of(1114L, 1184L);
    /** char and bit are filled up to their length. */
    private static final Set<Long> PADDED = Set.of(1042L, 1560L);

    /**
     * Whether PostgreSQL stores values of both types in different ways, so that all rows are rewritten. If not, they are rewritten
     * only for a USING that computes something.
     *
     * @see <a href="https://www.postgresql.org/docs/current/sql-altertable.html">ALTER TABLE, Notes</a>
     */
    boolean needsRewrite(Column before, Column after) {
        if (after.isChecked() && after.typeNumber() != before.typeNumber()) {
            return true;
        }
        if (before.base() == after.base()) {
            return before.modifier() != after.modifier() && !isWider(after.base(), before.modifier(), after.modifier());
        }
        if (TIMESTAMPS.contains(before.base()) && TIMESTAMPS.contains(after.base())) {
            return !changes.after().settings().isUtc();
        }
        return (after.modifier() != -1 && !isText(before, after))
                || !changes.after()
                        .casts()
                        .getOrDefault(before.base(), Set.of())
                        .contains(after.base());
    }

    /** From text to a varchar with a length the values are looked at; from varchar the length tells. */
    private static boolean isText(Column before, Column after) {
        return before.modifier() != -1 && isWider(after.base(), before.modifier(), after.modifier());
    }

    private static boolean isWider(long type, int before, int after) {
        return after == -1
                || (!PADDED.contains(type)
                        && before != -1
                        && after >= before
                        && (type != NUMERIC || (before & 0xffff) - 4 == (after & 0xffff) - 4));
    }

    /** Whether indexes on the column are built again for the new type. */
    boolean rebuildsIndex(ColumnKey key, Column before, Column after) {
        return rebuilt(key, before)
                .anyMatch(index -> !index.isPlain() || !before.collation().equals(after.collation()));
    }

    /** Whether an index on the column is built again, for the new type or by another action. */
    boolean mayRebuildIndex(ColumnKey key, Column before) {
        FileChanges files = new FileChanges(changes);
        return rebuilt(key, before).anyMatch(index -> !files.hasOther(index.table()));
    }

    /** Of the table, or of one of its partitions. */
    private Stream<Index> rebuilt(ColumnKey key, Column column) {
        Remade remade = new Remade(changes);
        FileChanges files = new FileChanges(changes);
        return changes.after().indexes().entrySet().stream()
                .filter(index -> !changes.isCommitted())
                .filter(index -> changes.isWithin(index.getValue().table(), one -> one == key.relation()))
                .filter(index -> remade.isRemade(index.getKey()) && files.isBuilt(index.getKey()))
                .map(Map.Entry::getValue)
                .filter(index -> index.columns().stream()
                        .anyMatch(number -> isSame(new ColumnKey(index.table(), number), column)));
    }

    private boolean isSame(ColumnKey key, Column column) {
        @Nullable Column found = changes.before().columns().get(key);
        return found != null && found.name().equals(column.name()) && changes.isRetyped(key);
    }

    /** Whether a valid check on the column is made again, which reads all rows. */
    boolean checksAgain(ColumnKey key) {
        Remade remade = new Remade(changes);
        return changes.after().constraints().entrySet().stream()
                .anyMatch(one -> one.getValue().relation() == key.relation()
                        && one.getValue().type().equals("c")
                        && one.getValue().valid()
                        && one.getValue().columns().contains(key.number())
                        && remade.isRemade(one.getKey(), one.getValue()));
    }
}
