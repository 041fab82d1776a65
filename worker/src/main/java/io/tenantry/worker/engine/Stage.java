package io.tenantry.worker.engine;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that a home consists of at one moment, times apart.
 *
 * @param catalog everything that is defined in it
 * @param data by table and column
 * @param history its rows, with who installed them
 */
record Stage(String catalog, Map<String, String> data, List<String> history) {
    static Stage of(Connection connection, String schema) throws SQLException {
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
                "SELECT relname FROM pg_class WHERE relkind IN ('r') AND relname <> '" + History.TABLE
                        + "' AND relnamespace = '\"" + schema + "\"'::regnamespace")) {
            data.put(
                    table,
                    column(
                                    connection,
                                    "SELECT string_agg(t::text, ',' ORDER BY t::text) FROM \"" + schema + "\".\""
                                            + table + "\" t")
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
