package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.snapshot.SqlText;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Inserts sample rows into the tables of the scratch home, so that a script in a trial finds some: one row with a value
 * in every column, and one with the required columns only. A table that accepts neither stays empty.
 */
final class SampleRows {
    private static final String COLUMNS = SqlText.of(SampleRows.class, "sample-columns.sql");
    /** A table gets its rows in a later pass than the table that it refers to. */
    private static final int PASSES = 3;

    /**
     * A column of a table.
     *
     * @param base the base type of a domain; else the type itself
     * @param category of the base type, as in pg_type
     * @param length of the longest text; null if there is no limit
     * @param needed whether the column must not be null
     * @param given whether the column has a default that can be used
     * @param reference query for the values that a foreign key allows, in the order of an index; null if there is no key
     * @param shared whether the query reads a table outside the home
     */
    private record Column(
            String name,
            String type,
            String base,
            String category,
            @Nullable Integer length,
            boolean needed,
            boolean given,
            @Nullable String reference,
            boolean shared) {}

    private SampleRows() {}

    /**
     * Returns the INSERT statements in order, and leaves no rows: they are found in a transaction that is rolled back.
     *
     * @param hasTime whether more may be tried; if not, there are fewer rows
     */
    static List<String> of(Scratch scratch, ReferencedKeys keys, BooleanSupplier hasTime, ReceiveLimit limit)
            throws SQLException {
        List<String> accepted = new ArrayList<>();
        Map<String, List<Column>> tables = tables(scratch);
        SharedSequences sequences = new SharedSequences(
                scratch.session().connection(), scratch.home().schema());
        scratch.begin();
        try {
            // Triggers find their tables by the search path.
            scratch.session().execute(scratch.session().searchPathSql());
            for (String table : List.copyOf(tables.keySet())) {
                // A rollback does not give back the numbers of a shared sequence.
                if (sequences.fills(scratch.home().schema(), table)) {
                    tables.remove(table);
                }
            }
            for (Map.Entry<String, List<Column>> table : tables.entrySet()) {
                List<Column> columns = new ArrayList<>();
                for (Column column : table.getValue()) {
                    columns.add(withValues(column, keys));
                }
                table.setValue(columns);
            }
            for (int pass = 0; pass < PASSES && !tables.isEmpty(); pass++) {
                List<String> filled = new ArrayList<>();
                for (Map.Entry<String, List<Column>> table : tables.entrySet()) {
                    if (hasTime.getAsBoolean() && fill(scratch, table.getKey(), table.getValue(), accepted)) {
                        filled.add(table.getKey());
                    }
                }
                tables.keySet().removeAll(filled);
            }
        } catch (SQLException failure) {
            if (limit.isStopped()) {
                scratch.session().broken(limit.script(), limit, failure);
            }
            throw failure;
        } finally {
            scratch.undo();
        }
        return accepted;
    }

    private static Map<String, List<Column>> tables(Scratch scratch) throws SQLException {
        Map<String, List<Column>> tables = new LinkedHashMap<>();
        try (PreparedStatement query = scratch.session().connection().prepareStatement(COLUMNS)) {
            query.setString(1, History.TABLE);
            query.setString(2, scratch.home().schema());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    tables.computeIfAbsent(row.getString(1), name -> new ArrayList<>())
                            .add(new Column(
                                    row.getString(2),
                                    row.getString(3),
                                    row.getString(4),
                                    row.getString(5),
                                    row.getObject(6, Integer.class),
                                    row.getBoolean(7),
                                    row.getBoolean(8),
                                    row.getString(9),
                                    row.getBoolean(10)));
                }
            }
        }
        return tables;
    }

    private static Column withValues(Column column, ReferencedKeys keys) throws SQLException {
        return column.reference() == null || !column.shared()
                ? column
                : new Column(
                        column.name(),
                        column.type(),
                        column.base(),
                        column.category(),
                        column.length(),
                        column.needed(),
                        column.given(),
                        keys.valuesOf(column.reference(), column.type()),
                        false);
    }

    private static boolean fill(Scratch scratch, String table, List<Column> columns, List<String> accepted)
            throws SQLException {
        boolean filled = false;
        for (Style style : Style.values()) {
            for (int number = 1; number <= 2; number++) {
                String insert = insert(scratch.home().schema(), table, columns, style, number);
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

    /** Kinds of values: a table's constraints may accept one kind and not another. */
    private enum Style {
        LARGE("100 + %d", "sample %d"),
        SMALL("%d", "s%d"),
        ADDRESS("0.%d", "s%d@example.org");

        private final String number;
        private final String text;

        Style(String number, String text) {
            this.number = number;
            this.text = text;
        }
    }

    private static String insert(String schema, String table, List<Column> columns, Style style, int number) {
        List<Column> filled = columns.stream()
                .filter(column -> number == 1 || (column.needed() && !column.given()))
                .toList();
        String target = "INSERT INTO " + Identifiers.quote(schema) + "." + Identifiers.quote(table);
        return filled.isEmpty()
                ? target + " DEFAULT VALUES"
                : target
                        + filled.stream()
                                .map(column -> Identifiers.quote(column.name()))
                                .collect(Collectors.joining(", ", " (", ")"))
                        + " OVERRIDING SYSTEM VALUE"
                        + filled.stream()
                                .map(column -> value(column, style, number))
                                .collect(Collectors.joining(", ", " VALUES (", ")"));
    }

    private static String value(Column column, Style style, int number) {
        String reference = column.reference();
        if (reference != null) {
            return "coalesce((" + reference + " LIMIT 1 OFFSET " + (number - 1) + "), (" + reference + " LIMIT 1))";
        }
        return "(" + plain(column, style, number) + ")::" + column.type();
    }

    private static String plain(Column column, Style style, int number) {
        return switch (column.category()) {
            case "N" -> style.number.formatted(number);
            case "S" -> text(column.length(), style.text.formatted(number));
            case "B" -> "true";
            case "D" -> column.base().startsWith("time ") ? "'01:02:0" + number + "'" : "'2001-02-0" + number + "'";
            case "T" -> "'" + number + " days'";
            case "A" -> "'{}'";
            case "E" -> "pg_catalog.enum_first(NULL::" + column.base() + ")";
            case "I" -> "'10.0.0." + number + "'";
            case "R" -> "'empty'";
            default -> other(column.base(), number);
        };
    }

    private static String other(String base, int number) {
        return switch (base) {
            case "uuid" -> "'00000000-0000-4000-8000-00000000000" + number + "'";
            case "json", "jsonb" -> "'{}'";
            case "bytea" -> "'\\x0" + number + "'";
            case "xml" -> "'<a/>'";
            default -> "NULL";
        };
    }

    private static String text(@Nullable Integer length, String text) {
        int end = length == null ? text.length() : Math.min(length, text.length());
        // The end has the number.
        return Identifiers.literal(text.substring(text.length() - end));
    }
}
