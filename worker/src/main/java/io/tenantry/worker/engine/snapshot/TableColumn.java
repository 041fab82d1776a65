package io.tenantry.worker.engine.snapshot;

import java.util.Comparator;

/** A column of a table of a schema, by their names as the catalogs have them, without quotes. */
public record TableColumn(String table, String column) implements Comparable<TableColumn> {
    private static final Comparator<TableColumn> BY_NAME =
            Comparator.comparing(TableColumn::table).thenComparing(TableColumn::column);

    @Override
    public int compareTo(TableColumn other) {
        return BY_NAME.compare(this, other);
    }

    @Override
    public String toString() {
        return table + "." + column;
    }
}
