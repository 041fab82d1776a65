package io.tenantry.worker.engine;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that a home consists of at one moment, times apart.
 *
 * @param catalog everything that is defined in it
 * @param data by table and column
 * @param history its rows, with who installed them
 */
record Stage(String catalog, Map<String, String> data, List<String> history) {
    /** Looks; the transaction, if there is one, and its settings are as before. */
    static Stage of(Connection connection, String schema) throws SQLException {
        if (connection.getAutoCommit()) {
            return look(connection, schema);
        }
        Savepoint before = connection.setSavepoint();
        Stage stage = look(connection, schema);
        connection.rollback(before);
        return stage;
    }

    /** Whether both are the same, but for these columns. */
    boolean isLike(Stage other, Set<String> volatileColumns) {
        return catalog.equals(other.catalog)
                && history.equals(other.history)
                && volatileColumns.containsAll(columnsThatDiffer(other));
    }

    /** Tables and columns whose contents are not the same. */
    Set<String> columnsThatDiffer(Stage other) {
        Set<String> differing = new TreeSet<>(data.keySet());
        differing.addAll(other.data.keySet());
        differing.removeIf(column -> data.containsKey(column)
                && other.data.containsKey(column)
                && data.get(column).equals(other.data.get(column)));
        return differing;
    }

    private static Stage look(Connection connection, String schema) throws SQLException {
        List<String> catalog = column(
                connection,
                "SELECT format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,"
                        + " pg_get_expr(d.adbin, d.adrelid)) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN"
                        + " pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relnamespace = '\""
                        + schema
                        + "\"'::regnamespace AND a.attnum > 0 ORDER BY c.relname, a.attnum");
        Map<String, String> data = new TreeMap<>();
        for (String table : column(
                connection,
                "SELECT format('%s.%s', c.relname, a.attname) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE"
                        + " a.attnum > 0 AND NOT attisdropped AND relkind IN ('r') AND relname <> '" + History.TABLE
                        + "' AND relnamespace = '\"" + schema + "\"'::regnamespace")) {
            String[] parts = table.split("\\.", 2);
            data.put(
                    table,
                    column(
                                    connection,
                                    "SELECT string_agg(t.\"" + parts[1] + "\"::text, ',' ORDER BY t.\"" + parts[1]
                                            + "\"::text) FROM \"" + schema + "\".\"" + parts[0] + "\" t")
                            .toString());
        }
        List<String> history = column(
                connection,
                "SELECT " + HistoryRow.DIGEST + " || installed_by FROM " + History.table(schema)
                        + " ORDER BY installed_rank");
        return new Stage(catalog.toString(), data, history);
    }

    private static List<String> column(Connection connection, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                values.add(String.valueOf(row.getString(1)));
            }
        }
        return values;
    }
}
