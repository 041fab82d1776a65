package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.postgres.Identifiers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Reads a {@link DataSnapshot}. One query lists the tables, the next ones read them. */
final class DataReader {
    /** A query of thousands of parts would exceed the server's stack. */
    private static final int TABLES_AT_ONCE = 100;

    private static final String MISSING_SCHEMA = "3F000";

    /** Finds the tables as catalog-snapshot.sql does. */
    private static final String TABLES = """
            SELECT c.relname, c.relkind = 'S',
                   ARRAY(SELECT a.attname::text FROM pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
            FROM pg_namespace n
            LEFT JOIN pg_class c
                ON c.oid = ANY (ARRAY(
                    SELECT d.objid FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_namespace'::regclass
                      AND d.refobjid = (SELECT s.oid FROM pg_namespace s WHERE s.nspname = ?)))
                AND c.relnamespace = n.oid
                AND (c.relkind IN ('r', 'S') OR c.relkind = 'm' AND c.relispopulated)
                AND c.relname <> '%s'
            WHERE n.nspname = ?
            """.formatted(History.TABLE);

    private record Relation(String name, boolean isSequence, List<String> columns) {}

    private final Connection connection;
    private final String schema;
    private final Set<TableColumn> excluded;
    private final SortedMap<String, DataSnapshot.Table> tables = new TreeMap<>();
    private final SortedMap<String, String> sequences = new TreeMap<>();

    DataReader(Connection connection, String schema, Set<TableColumn> excluded) {
        this.connection = connection;
        this.schema = schema;
        this.excluded = excluded;
    }

    DataSnapshot read() throws SQLException {
        List<Relation> relations = relations();
        for (int from = 0; from < relations.size(); from += TABLES_AT_ONCE) {
            read(relations.subList(from, Math.min(relations.size(), from + TABLES_AT_ONCE)));
        }
        return new DataSnapshot(tables, sequences);
    }

    private List<Relation> relations() throws SQLException {
        List<Relation> relations = new ArrayList<>();
        List<String> found = new ArrayList<>();
        NeutralQuery.ofCatalogs(connection).run(TABLES, List.of(schema, schema), row -> {
            found.add(schema);
            String name = row.getString(1);
            if (name != null) {
                relations.add(new Relation(name, row.getBoolean(2), texts(row, 3)));
            }
        });
        if (found.isEmpty()) {
            throw new SQLException(
                    "schema " + schema + " does not exist; there are no rows to compare", MISSING_SCHEMA);
        }
        return relations;
    }

    private void read(List<Relation> relations) throws SQLException {
        String sql = IntStream.range(0, relations.size())
                .mapToObj(number -> relations.get(number).isSequence()
                        ? state(number, relations.get(number))
                        : digests(number, relations.get(number)))
                .collect(Collectors.joining("\nUNION ALL\n"));
        NeutralQuery.inSchema(connection, schema).run(sql, List.of(), row -> {
            Relation relation = relations.get(row.getInt(1));
            if (relation.isSequence()) {
                sequences.put(relation.name(), row.getString(3));
            } else {
                tables.put(relation.name(), table(relation, row));
            }
        });
    }

    private static DataSnapshot.Table table(Relation relation, ResultSet row) throws SQLException {
        List<String> digests = texts(row, 4);
        SortedMap<String, String> columns = new TreeMap<>();
        for (int i = 0; i < digests.size(); i++) {
            columns.put(relation.columns().get(i), digests.get(i));
        }
        return new DataSnapshot.Table(row.getLong(2), row.getString(3), columns);
    }

    private String state(int number, Relation sequence) {
        return "SELECT " + number
                + ", 0::bigint, pg_catalog.concat(last_value, CASE WHEN is_called THEN '' ELSE ' (next)' END), "
                + "'{}'::pg_catalog.text[] FROM " + qualified(sequence);
    }

    /** ROW has a text for every type; null and an empty text differ in it. */
    private String digests(int number, Relation table) {
        String counted = table.columns().stream()
                .filter(column -> !excluded.contains(new TableColumn(table.name(), column)))
                .map(Identifiers::quote)
                .collect(Collectors.joining(", "));
        StringBuilder texts = new StringBuilder("ROW(" + counted + ")::pg_catalog.text AS r");
        List<String> digests = new ArrayList<>();
        for (int i = 0; i < table.columns().size(); i++) {
            texts.append(", ROW(")
                    .append(Identifiers.quote(table.columns().get(i)))
                    .append(")::pg_catalog.text AS c")
                    .append(i);
            digests.add(digest("c" + i));
        }
        // Without OFFSET PostgreSQL would compute the texts once for each use. ONLY: child tables have digests of their
        // own.
        return "SELECT " + number + ", pg_catalog.count(*), " + digest("r") + ", ARRAY[" + String.join(", ", digests)
                + "]::pg_catalog.text[] FROM (SELECT " + texts + " FROM ONLY " + qualified(table) + " OFFSET 0) AS t";
    }

    private static String digest(String text) {
        return "coalesce(pg_catalog.sum(pg_catalog.hashtextextended(" + text + ", 0)), 0)::pg_catalog.text";
    }

    private String qualified(Relation relation) {
        return Identifiers.quote(schema) + "." + Identifiers.quote(relation.name());
    }

    private static List<String> texts(ResultSet row, int column) throws SQLException {
        return Arrays.asList((String[]) row.getArray(column).getArray());
    }
}
