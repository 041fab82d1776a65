package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.engine.snapshot.DataSnapshot.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The differences between the data of two schemas.
 *
 * @param tables whose rows differ, in the columns that were not left out, or that only one side has
 * @param columns whose values differ, or that only one side has; those that were left out too
 * @param sequences whose state differs, or that only one side has
 * @param lines the same for people, such as {@code table roles: 3 rows here, 4 there}; columns of tables whose rows do not
 *     differ are not among them
 */
public record DataDifferences(
        SortedSet<String> tables, SortedSet<TableColumn> columns, SortedSet<String> sequences, List<String> lines) {
    public DataDifferences {
        tables = Collections.unmodifiableSortedSet(new TreeSet<>(tables));
        columns = Collections.unmodifiableSortedSet(new TreeSet<>(columns));
        sequences = Collections.unmodifiableSortedSet(new TreeSet<>(sequences));
        lines = List.copyOf(lines);
    }

    static DataDifferences between(DataSnapshot here, DataSnapshot there) {
        SortedSet<String> tables = new TreeSet<>();
        SortedSet<TableColumn> columns = new TreeSet<>();
        List<String> lines = new ArrayList<>();
        for (String name : union(here.tables().keySet(), there.tables().keySet())) {
            Table mine = here.tables().get(name);
            Table theirs = there.tables().get(name);
            SortedSet<TableColumn> differing = differing(name, mine, theirs);
            columns.addAll(differing);
            if (mine == null
                    || theirs == null
                    || mine.rows() != theirs.rows()
                    || !mine.digest().equals(theirs.digest())) {
                tables.add(name);
                lines.add("table " + name + ": " + difference(mine, theirs, differing));
            }
        }
        SortedSet<String> sequences = new TreeSet<>();
        for (String name : union(here.sequences().keySet(), there.sequences().keySet())) {
            String mine = here.sequences().get(name);
            String theirs = there.sequences().get(name);
            if (!Objects.equals(mine, theirs)) {
                sequences.add(name);
                lines.add("sequence " + name + ": "
                        + (theirs == null
                                ? "only here"
                                : mine == null ? "only there" : mine + " here, " + theirs + " there"));
            }
        }
        return new DataDifferences(tables, columns, sequences, lines);
    }

    /** Whether rows and sequences are the same, the columns that were left out apart. */
    public boolean isEmpty() {
        return tables.isEmpty() && sequences.isEmpty();
    }

    private static SortedSet<TableColumn> differing(String table, @Nullable Table mine, @Nullable Table theirs) {
        SortedSet<TableColumn> differing = new TreeSet<>();
        SortedMap<String, String> here = mine == null ? Collections.emptySortedMap() : mine.columns();
        SortedMap<String, String> there = theirs == null ? Collections.emptySortedMap() : theirs.columns();
        for (String column : union(here.keySet(), there.keySet())) {
            if (!Objects.equals(here.get(column), there.get(column))) {
                differing.add(new TableColumn(table, column));
            }
        }
        return differing;
    }

    private static String difference(@Nullable Table mine, @Nullable Table theirs, Set<TableColumn> columns) {
        if (mine == null || theirs == null) {
            return theirs == null ? "only here" : "only there";
        }
        if (mine.rows() != theirs.rows()) {
            return mine.rows() + " rows here, " + theirs.rows() + " there";
        }
        return columns.isEmpty()
                ? "the same values, but in other rows"
                : "other values in "
                        + String.join(
                                ", ", columns.stream().map(TableColumn::column).toList());
    }

    private static SortedSet<String> union(Set<String> one, Set<String> other) {
        SortedSet<String> both = new TreeSet<>(one);
        both.addAll(other);
        return both;
    }
}
