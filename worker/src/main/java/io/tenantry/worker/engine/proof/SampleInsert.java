package io.tenantry.worker.engine.proof;

import io.tenantry.worker.postgres.Identifiers;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes the INSERT statement of one sample row. */
final class SampleInsert {
    private SampleInsert() {}

    /** Kinds of values: a table's constraints may accept one kind and not another. */
    enum Style {
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

    /**
     * Returns the statement.
     *
     * @param number 1 for a row with all columns, 2 for a row with the required columns only
     */
    static String sql(String schema, String table, List<SampleColumn> columns, Style style, int number) {
        List<SampleColumn> filled = columns.stream()
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

    private static String value(SampleColumn column, Style style, int number) {
        String reference = column.reference();
        if (reference != null) {
            return "coalesce((" + reference + " LIMIT 1 OFFSET " + (number - 1) + "), (" + reference + " LIMIT 1))";
        }
        return "(" + plain(column, style, number) + ")::" + column.type();
    }

    private static String plain(SampleColumn column, Style style, int number) {
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
