package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HistoryRow;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.engine.snapshot.DataSnapshot;
import io.tenantry.worker.engine.snapshot.TableColumn;
import io.tenantry.worker.engine.snapshot.VolatileFacts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything that a home contains at one moment, except points in time.
 *
 * @param catalog everything that is defined in it
 * @param history its rows, with who installed them
 * @param leftOut columns whose values differ from run to run: the digests of rows do not count them
 * @param facts of those columns
 */
record SchemaState(
        CatalogSnapshot catalog,
        DataSnapshot data,
        List<String> history,
        Set<TableColumn> leftOut,
        VolatileFacts facts) {
    SchemaState {
        history = List.copyOf(history);
        leftOut = Set.copyOf(leftOut);
    }

    /** Looks; the transaction, if there is one, and its settings are as before. */
    static SchemaState of(Connection connection, String schema, Set<TableColumn> leftOut) throws SQLException {
        if (connection.getAutoCommit()) {
            return look(connection, schema, leftOut);
        }
        Savepoint before = connection.setSavepoint();
        try {
            return look(connection, schema, leftOut);
        } finally {
            connection.rollback(before);
        }
    }

    private static SchemaState look(Connection connection, String schema, Set<TableColumn> leftOut)
            throws SQLException {
        return new SchemaState(
                CatalogSnapshot.of(connection, schema),
                DataSnapshot.of(connection, schema, leftOut),
                history(connection, schema),
                leftOut,
                VolatileFacts.of(connection, schema, leftOut));
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

    /**
     * Whether both are the same. Both must have left out the same columns.
     *
     * @param unstable names of facts that do not count
     */
    boolean isLike(SchemaState other, Set<String> unstable) {
        return catalog.equals(other.catalog)
                && history.equals(other.history)
                && data.differences(other.data).isEmpty()
                && unstable.containsAll(facts.differences(other.facts));
    }

    /** Columns of tables that are in both, and whose contents are not the same; those that are left out apart. */
    Set<TableColumn> columnsThatDiffer(SchemaState other) {
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

    /** Whether a column that differs from run to run has the same values here and there, and is not empty. */
    boolean hasSameVolatileValues(SchemaState other) {
        Set<TableColumn> differing = columnsThatDiffer(other);
        return facts.columns().entrySet().stream()
                .anyMatch(column -> column.getValue().distinct() > 0
                        && other.facts.columns().containsKey(column.getKey())
                        && !differing.contains(column.getKey()));
    }
}
