package io.tenantry.worker.engine.proof;

import io.tenantry.worker.postgres.Identifiers;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes the INSERT statement of one sample row. */
final class SampleInsert {
    private static final int GROWTH = 10;

    private SampleInsert() {}

    /** Kinds of values: a table's constraints may accept one kind and not another. */
    enum Style {
        LARGE("100 + %d", "sample %d", false),
        SMALL("%d", "s%d", false),
        ADDRESS("0.%d", "s%d@example.org", false),
        /** Values that a column's checks accept, and for others larger ones in each further column. */
        CHECKED("100 + %d", "sample %d", true);

        private final String number;
        private final String text;
        private final boolean growing;

        Style(String number, String text, boolean growing) {
            this.number = number;
            this.text = text;
            this.growing = growing;
        }
    }

    /**
     * Returns the statement.
     *
     * @param number 1 for a row with all columns, 2 for a row with the required columns only
     * @param accepted values of columns by their names, for {@link Style#CHECKED}
     */
    static String sql(
            String schema,
            String table,
            List<SampleColumn> columns,
            Style style,
            int number,
            Map<String, List<String>> accepted) {
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
                                .map(column -> value(
                                        column,
                                        style,
                                        number,
                                        columns.indexOf(column),
                                        accepted.getOrDefault(column.name(), List.of())))
                                .collect(Collectors.joining(", ", " VALUES (", ")"));
    }

    private static String value(SampleColumn column, Style style, int number, int place, List<String> accepted) {
        String reference = column.reference();
        if (reference != null) {
            return "coalesce((" + reference + " LIMIT 1 OFFSET " + (number - 1) + "), (" + reference + " LIMIT 1))";
        }
        if (!accepted.isEmpty()) {
            return Identifiers.literal(accepted.get((number - 1) % accepted.size())) + "::" + column.type();
        }
        String plain = "(" + plain(column, style, number) + ")";
        if (style.growing && column.category().equals("N")) {
            plain = "(" + plain + " + " + place * GROWTH + ")";
        } else if (style.growing
                && column.category().equals("D")
                && !column.base().startsWith("time ")) {
            plain = "(" + plain + "::" + column.base() + " + interval '" + place + " days')";
        }
        return plain + "::" + column.type();
    }

    private static String plain(SampleColumn column, Style style, int number) {
        return switch (column.category()) {
            case "N" -> style.number.formatted(number);
            case "S" -> text(column.length(), style.text.formatted(number));
            case "B" -> "true";
            case "D" -> column.base().startsWith("time ") ? "'01:02:0" + number + "'" : "'2001-02-0" + number + "'";
            case "T" -> "'" + number + " days'";
            case "V" -> other(column.base().replaceFirst("\\(.*", ""), number);
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
            case "bit", "bit varying" -> "'1'";
            case "macaddr" -> "'08:00:2b:01:02:0" + number + "'";
            case "macaddr8" -> "'08:00:2b:01:02:03:04:0" + number + "'";
            case "tsvector", "tsquery" -> "'sample'";
            case "pg_lsn" -> "'0/" + number + "'";
            case "point" -> "'(0," + number + ")'";
            case "box", "lseg", "path" -> "'(0,0),(1," + number + ")'";
            case "polygon" -> "'(0,0),(1,1),(0," + number + ")'";
            case "circle" -> "'<(0,0)," + number + ">'";
            case "line" -> "'{1,1," + number + "}'";
            case "oid" -> String.valueOf(number);
            default -> "NULL";
        };
    }

    private static String text(@Nullable Integer length, String text) {
        int end = length == null ? text.length() : Math.min(length, text.length());
        // The end has the number.
        return Identifiers.literal(text.substring(text.length() - end));
    }
}
