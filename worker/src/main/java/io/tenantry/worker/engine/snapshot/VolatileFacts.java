package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.postgres.Identifiers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Facts about values that differ from run to run, as those of now() and random() do: how many are null, how many are
 * distinct, how long they are, how far they are from the present.
 *
 * @param columns the facts of each column
 * @param distinct the number of different values that all these columns of one type have together, by the type's name:
 *     each script with its own now() leaves one. For all types of times together, without whole minutes, as "moment".
 */
public record VolatileFacts(SortedMap<TableColumn, Column> columns, SortedMap<String, Long> distinct) {
    /**
     * The facts of one column.
     *
     * @param shortest length of the shortest value as text; null if there are no values
     * @param longest length of the longest value as text; null if there are no values
     * @param earliest seconds from the present; null if the column has no points in time
     * @param latest seconds from the present; null if the column has no points in time
     */
    public record Column(
            long nulls,
            long distinct,
            @Nullable Integer shortest,
            @Nullable Integer longest,
            @Nullable Double earliest,
            @Nullable Double latest) {}

    /** Stands for all types of times together; they have no entries of their own. */
    static final String MOMENTS = "moment";

    private record Typed(TableColumn column, String type, boolean isTime) {}

    /** Domains count as their base types. */
    private static final String TYPES = """
            SELECT c.relname, a.attname, pg_catalog.format_type(b.oid, NULL),
                   b.oid IN ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)
            FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_type t ON t.oid = a.atttypid
            JOIN pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
            WHERE c.relnamespace = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = ?)
              AND (c.relkind = 'r' OR c.relkind = 'm' AND c.relispopulated)
            """;

    public VolatileFacts {
        columns = new TreeMap<>(columns);
        distinct = new TreeMap<>(distinct);
    }

    /** Reads the facts of these columns; a column that does not exist is ignored. */
    public static VolatileFacts of(Connection connection, String schema, Set<TableColumn> columns) throws SQLException {
        List<Typed> typed = columns.isEmpty() ? List.of() : typed(connection, schema, columns);
        SortedMap<TableColumn, Column> facts = new TreeMap<>();
        SortedMap<String, Long> distinct = new TreeMap<>();
        for (Typed column : typed) {
            NeutralQuery.inSchema(connection, schema)
                    .run(query(schema, column), List.of(), row -> facts.put(column.column(), read(row)));
        }
        for (Map.Entry<String, List<Typed>> type : typed.stream()
                .filter(column -> !column.isTime())
                .collect(Collectors.groupingBy(Typed::type))
                .entrySet()) {
            NeutralQuery.inSchema(connection, schema)
                    .run(
                            together(schema, type.getValue()),
                            List.of(),
                            row -> distinct.put(type.getKey(), row.getLong(1)));
        }
        List<Typed> times = typed.stream().filter(Typed::isTime).toList();
        if (!times.isEmpty()) {
            NeutralQuery.inSchema(connection, schema)
                    .run(moments(schema, times), List.of(), row -> distinct.put(MOMENTS, row.getLong(1)));
        }
        return new VolatileFacts(facts, distinct);
    }

    private static List<Typed> typed(Connection connection, String schema, Set<TableColumn> columns)
            throws SQLException {
        List<Typed> typed = new ArrayList<>();
        NeutralQuery.ofCatalogs(connection).run(TYPES, List.of(schema), row -> {
            TableColumn column = new TableColumn(row.getString(1), row.getString(2));
            if (columns.contains(column)) {
                typed.add(new Typed(column, row.getString(3), row.getBoolean(4)));
            }
        });
        return typed;
    }

    private static String query(String schema, Typed column) {
        String value = Identifiers.quote(column.column().column());
        String seconds = column.isTime()
                ? "extract(epoch FROM CASE WHEN pg_catalog.isfinite(" + value + ") THEN " + value
                        + "::timestamptz END - pg_catalog.clock_timestamp())::float8"
                : "NULL::float8";
        return "SELECT pg_catalog.count(*) FILTER (WHERE v IS NULL), pg_catalog.count(DISTINCT v), pg_catalog.min(pg_catalog.length(v)),"
                + " pg_catalog.max(pg_catalog.length(v)), pg_catalog.min(s), pg_catalog.max(s) FROM (SELECT CASE WHEN "
                + value + " IS NOT NULL THEN ROW(" + value + ")::pg_catalog.text END AS v, " + seconds
                + " AS s FROM ONLY "
                + qualified(schema, column) + ") AS t";
    }

    /** Without whole minutes: now() and now() + interval '1 day' count as one moment. */
    private static String moments(String schema, List<Typed> times) {
        return times.stream()
                .map(column -> "SELECT pg_catalog.to_char("
                        + Identifiers.quote(column.column().column()) + "::timestamptz, 'SS.US') AS v FROM ONLY "
                        + qualified(schema, column))
                .collect(Collectors.joining(" UNION ALL ", "SELECT pg_catalog.count(DISTINCT v) FROM (", ") AS t"));
    }

    private static String together(String schema, List<Typed> columns) {
        return columns.stream()
                .map(column -> "SELECT ROW(" + Identifiers.quote(column.column().column())
                        + ")::pg_catalog.text AS v FROM ONLY " + qualified(schema, column))
                .collect(Collectors.joining(" UNION ALL ", "SELECT pg_catalog.count(DISTINCT v) FROM (", ") AS t"));
    }

    private static String qualified(String schema, Typed column) {
        return Identifiers.quote(schema) + "."
                + Identifiers.quote(column.column().table());
    }

    private static Column read(ResultSet row) throws SQLException {
        return new Column(
                row.getLong(1),
                row.getLong(2),
                row.getObject(3, Integer.class),
                row.getObject(4, Integer.class),
                row.getObject(5, Double.class),
                row.getObject(6, Double.class));
    }

    /**
     * The facts that are not the same in both, up to what varies by chance. Objects of the differences are facts, such as
     * {@code nulls of column users.email}.
     */
    public List<Difference> differences(VolatileFacts other) {
        return new FactDifferences(this, other).all();
    }
}
