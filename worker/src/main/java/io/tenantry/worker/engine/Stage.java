package io.tenantry.worker.engine;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * All that a home consists of at one moment, times apart.
 *
 * @param catalog everything that is defined in it
 * @param history its rows, with who installed them
 */
record Stage(CatalogSnapshot catalog, DataSnapshot data, List<String> history) {
    /** Looks; the transaction, if there is one, and its settings are as before. */
    static Stage of(Connection connection, String schema) throws SQLException {
        if (connection.getAutoCommit()) {
            return look(connection, schema);
        }
        Savepoint before = connection.setSavepoint();
        try {
            return look(connection, schema);
        } finally {
            connection.rollback(before);
        }
    }

    private static Stage look(Connection connection, String schema) throws SQLException {
        return new Stage(
                CatalogSnapshot.of(connection, schema),
                DataSnapshot.of(connection, schema),
                history(connection, schema));
    }

    private static List<String> history(Connection connection, String schema) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT concat_ws('|', " + HistoryRow.DIGEST
                        + ", \"script\", \"installed_by\") FROM " + History.table(schema)
                        + " ORDER BY \"installed_rank\"")) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }

    /** Whether both are the same, but for these columns. */
    boolean isLike(Stage other, Set<TableColumn> volatileColumns) {
        return catalog.equals(other.catalog)
                && history.equals(other.history)
                && data.sequences().equals(other.data.sequences())
                && data.tables().keySet().equals(other.data.tables().keySet())
                && data.tables().entrySet().stream()
                        .allMatch(table -> isLike(
                                table.getKey(),
                                table.getValue(),
                                Objects.requireNonNull(other.data.tables().get(table.getKey())),
                                volatileColumns));
    }

    private static boolean isLike(
            String name, DataSnapshot.Table table, DataSnapshot.Table other, Set<TableColumn> volatileColumns) {
        Set<TableColumn> differing = columnsThatDiffer(name, table, other);
        return table.rows() == other.rows()
                && volatileColumns.containsAll(differing)
                // The digest of the rows counts all columns.
                && (!differing.isEmpty() || table.digest().equals(other.digest()));
    }

    /** Columns of tables that are in both, and whose contents are not the same. */
    Set<TableColumn> columnsThatDiffer(Stage other) {
        Set<TableColumn> differing = new HashSet<>();
        data.tables().forEach((name, table) -> {
            DataSnapshot.Table there = other.data.tables().get(name);
            if (there != null) {
                differing.addAll(columnsThatDiffer(name, table, there));
            }
        });
        return differing;
    }

    private static Set<TableColumn> columnsThatDiffer(String name, DataSnapshot.Table table, DataSnapshot.Table other) {
        Set<TableColumn> differing = new HashSet<>();
        for (Map.Entry<String, String> column : table.columns().entrySet()) {
            if (!column.getValue().equals(other.columns().get(column.getKey()))) {
                differing.add(new TableColumn(name, column.getKey()));
            }
        }
        return differing;
    }
}
