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
 * @param tables whose rows differ in columns that are not excluded, or that only one side has
 * @param columns whose values differ, or that only one side has; also excluded ones
 * @param sequences whose state differs, or that only one side has
 * @param all the differences of tables and sequences, by their names, tables first
 */
public record DataDifferences(
        SortedSet<String> tables, SortedSet<TableColumn> columns, SortedSet<String> sequences, List<Difference> all) {
    public DataDifferences {
        tables = Collections.unmodifiableSortedSet(new TreeSet<>(tables));
        columns = Collections.unmodifiableSortedSet(new TreeSet<>(columns));
        sequences = Collections.unmodifiableSortedSet(new TreeSet<>(sequences));
        all = List.copyOf(all);
    }

    static DataDifferences between(DataSnapshot here, DataSnapshot there) {
        SortedSet<String> tables = new TreeSet<>();
        SortedSet<TableColumn> columns = new TreeSet<>();
        List<Difference> all = new ArrayList<>();
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
                all.add(difference(label(name), mine, theirs, differing));
            }
        }
        SortedSet<String> sequences = new TreeSet<>();
        for (String name : union(here.sequences().keySet(), there.sequences().keySet())) {
            String mine = here.sequences().get(name);
            String theirs = there.sequences().get(name);
            if (!Objects.equals(mine, theirs)) {
                sequences.add(name);
                all.add(new Difference.Amount("sequence " + name, orNothing(mine), orNothing(theirs)));
            }
        }
        return new DataDifferences(tables, columns, sequences, all);
    }

    /** The object of a difference of a table. */
    public static String label(String table) {
        return "table " + table;
    }

    /** Whether rows and sequences are the same, except in excluded columns. */
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

    private static Difference difference(
            String object, @Nullable Table mine, @Nullable Table theirs, Set<TableColumn> columns) {
        if (mine == null || theirs == null || mine.rows() != theirs.rows()) {
            return new Difference.Amount(object, rows(mine), rows(theirs));
        }
        SortedSet<String> names = new TreeSet<>();
        columns.forEach(column -> names.add(column.column()));
        return new Difference.Values(object, names);
    }

    private static String rows(@Nullable Table table) {
        return table == null ? "nothing" : table.rows() + (table.rows() == 1 ? " row" : " rows");
    }

    private static String orNothing(@Nullable String state) {
        return state == null ? "nothing" : state;
    }

    private static SortedSet<String> union(Set<String> one, Set<String> other) {
        SortedSet<String> both = new TreeSet<>(one);
        both.addAll(other);
        return both;
    }
}
