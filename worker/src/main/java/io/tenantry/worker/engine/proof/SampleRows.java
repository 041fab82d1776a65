package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.snapshot.SqlText;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Inserts sample rows into the tables of the scratch home, so that a script in a trial finds some: one row with a value
 * in every column, and one with the required columns only. A table that accepts neither stays empty, and is named.
 */
final class SampleRows {
    private static final String COLUMNS = SqlText.of(SampleRows.class, "sample-columns.sql");
    /** A table gets its rows in a later pass than the table that it refers to. */
    private static final int PASSES = 3;

    private SampleRows() {}

    /**
     * What was found.
     *
     * @param inserts the statements, in order
     * @param empty names of the tables that have no row, and accept none
     */
    record Found(List<String> inserts, List<String> empty) {
        Found {
            inserts = List.copyOf(inserts);
            empty = List.copyOf(empty);
        }
    }

    private record Table(String schema, String name) {}

    /**
     * Returns INSERT statements, and leaves no rows: they are found in a transaction that is rolled back.
     *
     * @param hasTime whether more may be tried; if not, there are fewer rows
     */
    static Found of(Scratch scratch, ReferencedKeys keys, BooleanSupplier hasTime, ReceiveLimit limit)
            throws SQLException {
        List<String> accepted = new ArrayList<>();
        Set<Table> leftOut = new LinkedHashSet<>();
        Map<Table, List<SampleColumn>> tables = tables(scratch, leftOut);
        tables.keySet().removeAll(leftOut);
        SharedSequences sequences = new SharedSequences(scratch);
        scratch.begin();
        try {
            // Triggers find their tables by the search path.
            scratch.session().execute(scratch.session().searchPathSql());
            for (Table table : List.copyOf(tables.keySet())) {
                // A rollback does not give back the numbers of a shared sequence.
                if (sequences.fills(table.schema(), table.name())) {
                    tables.remove(table);
                    leftOut.add(table);
                }
            }
            for (Map.Entry<Table, List<SampleColumn>> table : tables.entrySet()) {
                List<SampleColumn> columns = new ArrayList<>();
                for (SampleColumn column : table.getValue()) {
                    columns.add(withValues(column, keys));
                }
                table.setValue(columns);
            }
            for (int pass = 0; pass < PASSES && !tables.isEmpty(); pass++) {
                List<Table> filled = new ArrayList<>();
                for (Map.Entry<Table, List<SampleColumn>> table : tables.entrySet()) {
                    if (hasTime.getAsBoolean() && fill(scratch, table.getKey(), table.getValue(), accepted)) {
                        filled.add(table.getKey());
                    }
                }
                tables.keySet().removeAll(filled);
            }
            List<String> empty = new ArrayList<>();
            for (Table table :
                    Stream.concat(tables.keySet().stream(), leftOut.stream()).toList()) {
                if (isEmpty(scratch, table)) {
                    empty.add(table.name());
                }
            }
            return new Found(accepted, empty);
        } catch (SQLException failure) {
            if (limit.isStopped()) {
                scratch.session().broken(limit.script(), limit, failure);
            }
            throw failure;
        } finally {
            scratch.undo();
        }
    }

    /** Not known of a table that this role may not read. */
    private static boolean isEmpty(Scratch scratch, Table table) throws SQLException {
        ScratchSession session = scratch.session();
        session.execute("SAVEPOINT empty");
        try {
            boolean isEmpty = session.ask("SELECT 1 FROM " + Identifiers.quote(table.schema()) + "."
                            + Identifiers.quote(table.name()) + " LIMIT 1")
                    .isEmpty();
            session.execute("RELEASE SAVEPOINT empty");
            return isEmpty;
        } catch (SQLException refused) {
            session.execute("ROLLBACK TO SAVEPOINT empty; RELEASE SAVEPOINT empty");
            return false;
        }
    }

    /** @param leftOut takes the tables whose triggers do what is not known */
    private static Map<Table, List<SampleColumn>> tables(Scratch scratch, Set<Table> leftOut) throws SQLException {
        Map<Table, List<SampleColumn>> tables = new LinkedHashMap<>();
        Sql.forEach(
                scratch.session().connection(),
                COLUMNS,
                row -> {
                    Table table = new Table(row.getString(11), row.getString(1));
                    tables.computeIfAbsent(table, added -> new ArrayList<>()).add(column(row));
                    if (row.getBoolean(13)) {
                        leftOut.add(table);
                    }
                },
                History.TABLE,
                scratch.hasOwnDatabase(),
                scratch.hasOwnDatabase(),
                scratch.home().schema(),
                scratch.hasOwnDatabase());
        return tables;
    }

    private static SampleColumn column(ResultSet row) throws SQLException {
        return new SampleColumn(
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getObject(6, Integer.class),
                row.getBoolean(7),
                row.getBoolean(8),
                row.getString(9),
                row.getBoolean(10),
                texts(row.getArray(12)));
    }

    private static List<String> texts(@Nullable Array array) throws SQLException {
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    private static SampleColumn withValues(SampleColumn column, ReferencedKeys keys) throws SQLException {
        return column.reference() == null || !column.shared()
                ? column
                : column.withReference(keys.valuesOf(column.reference(), column.type()));
    }

    private static boolean fill(Scratch scratch, Table table, List<SampleColumn> columns, List<String> accepted)
            throws SQLException {
        boolean filled = false;
        for (SampleInsert.Style style : SampleInsert.Style.values()) {
            Map<String, List<String>> values =
                    style == SampleInsert.Style.CHECKED ? new CheckedValues(scratch).of(columns) : Map.of();
            for (int number = 1; number <= 2; number++) {
                String insert = SampleInsert.sql(table.schema(), table.name(), columns, style, number, values);
                if (isAccepted(scratch, insert)) {
                    accepted.add(insert);
                    filled = true;
                }
            }
            if (filled) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAccepted(Scratch scratch, String insert) throws SQLException {
        scratch.session().execute("SAVEPOINT sample");
        try {
            // Deferred constraints are checked now, so that they cannot fail in the script.
            scratch.session().execute(insert + "; SET CONSTRAINTS ALL IMMEDIATE; RELEASE SAVEPOINT sample");
            return true;
        } catch (SQLException refused) {
            scratch.session().execute("ROLLBACK TO SAVEPOINT sample; RELEASE SAVEPOINT sample");
            return false;
        }
    }
}
