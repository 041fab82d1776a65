package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.postgres.Identifiers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Facts about values that differ from run to run, as those of now() and random() do: how many are null, how many are
 * distinct, how long they are, how far from the present.
 *
 * @param columns the facts of each column
 * @param distinct how many different values all these columns of one type have together, by the type's name: scripts that
 *     have their own now() leave one each; of all times together, without whole minutes, as "moment"
 */
public record VolatileFacts(SortedMap<TableColumn, Column> columns, SortedMap<String, Long> distinct) {
    /** The time from a script to the look at what it left is shorter. */
    private static final double SECONDS_APART = 300;
    /** A random number may be printed with a few digits less. */
    private static final int CHARACTERS_APART = 4;
    /** Fewer values are counted exactly: how many of many are the same is chance. */
    private static final int MANY = 8;
    /** The same for points in time: rows that are filled within a microsecond have one clock_timestamp(). */
    private static final int MANY_MOMENTS = 3;

    /**
     * The facts of one column.
     *
     * @param shortest length of the values as text; null if there are none
     * @param earliest seconds from the present; null if it is no point in time
     */
    public record Column(
            long nulls,
            long distinct,
            @Nullable Integer shortest,
            @Nullable Integer longest,
            @Nullable Double earliest,
            @Nullable Double latest) {}

    /** All types of times together, and none of them by itself. */
    private static final String MOMENTS = "moment";

    private record Typed(TableColumn column, String type, boolean isTime) {}

    /** Domains count as what they are made of. */
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

    /** Reads the columns; those that do not exist are passed over. */
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

    /** Without whole minutes: now() and now() + interval '1 day' are of one moment. */
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

    /** The names of the facts that are not the same in both. */
    public Set<String> differences(VolatileFacts other) {
        Set<String> differences = new TreeSet<>();
        Set<TableColumn> all = new TreeSet<>(columns.keySet());
        all.addAll(other.columns.keySet());
        for (TableColumn column : all) {
            @Nullable Column mine = columns.get(column);
            @Nullable Column theirs = other.columns.get(column);
            if (mine == null || theirs == null) {
                differences.add(column + " is in one only");
                continue;
            }
            add(differences, mine.nulls() == theirs.nulls(), column + " nulls");
            add(
                    differences,
                    numbersAreClose(mine.distinct(), theirs.distinct(), mine.earliest() == null ? MANY : MANY_MOMENTS),
                    column + " distinct values");
            add(differences, lengthsAreClose(mine.shortest(), theirs.shortest()), column + " shortest value");
            add(differences, lengthsAreClose(mine.longest(), theirs.longest()), column + " longest value");
            add(differences, timesAreClose(mine.earliest(), theirs.earliest()), column + " earliest time");
            add(differences, timesAreClose(mine.latest(), theirs.latest()), column + " latest time");
        }
        Set<String> types = new TreeSet<>(distinct.keySet());
        types.addAll(other.distinct.keySet());
        types.forEach(type -> add(
                differences,
                numbersAreClose(
                        distinct.getOrDefault(type, 0L),
                        other.distinct.getOrDefault(type, 0L),
                        type.equals(MOMENTS) ? MANY_MOMENTS : MANY),
                "distinct values of type " + type));
        return differences;
    }

    private static void add(Set<String> differences, boolean same, String fact) {
        if (!same) {
            differences.add(fact);
        }
    }

    private static boolean numbersAreClose(long one, long other, int many) {
        return one == other || Math.min(one, other) >= many;
    }

    private static boolean lengthsAreClose(@Nullable Integer one, @Nullable Integer other) {
        return (one == null || other == null)
                ? Objects.equals(one, other)
                : Math.abs(one - other) <= CHARACTERS_APART + Math.max(one, other) / 4;
    }

    private static boolean timesAreClose(@Nullable Double one, @Nullable Double other) {
        return (one == null || other == null) ? Objects.equals(one, other) : Math.abs(one - other) <= SECONDS_APART;
    }
}
