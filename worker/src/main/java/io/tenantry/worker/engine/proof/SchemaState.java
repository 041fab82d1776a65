package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HistoryRow;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.engine.snapshot.DataDifferences;
import io.tenantry.worker.engine.snapshot.DataSnapshot;
import io.tenantry.worker.engine.snapshot.Difference;
import io.tenantry.worker.engine.snapshot.TableColumn;
import io.tenantry.worker.engine.snapshot.VolatileFacts;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a home contains at one moment, except points in time.
 *
 * @param catalog all definitions of the home
 * @param history the rows of the history table, with the roles that installed them
 * @param excluded columns whose values differ from run to run; the digests of rows do not count them
 * @param facts about the excluded columns
 */
record SchemaState(
        CatalogSnapshot catalog,
        DataSnapshot data,
        List<String> history,
        Set<TableColumn> excluded,
        VolatileFacts facts) {
    SchemaState {
        history = List.copyOf(history);
        excluded = Set.copyOf(excluded);
    }

    /** Reads the state. The transaction, if there is one, and its settings stay as they are. */
    static SchemaState of(Connection connection, String schema, Set<TableColumn> excluded) throws SQLException {
        if (connection.getAutoCommit()) {
            return read(connection, schema, excluded);
        }
        Savepoint before = connection.setSavepoint();
        try {
            return read(connection, schema, excluded);
        } finally {
            connection.rollback(before);
        }
    }

    private static SchemaState read(Connection connection, String schema, Set<TableColumn> excluded)
            throws SQLException {
        return new SchemaState(
                CatalogSnapshot.of(connection, schema),
                DataSnapshot.of(connection, schema, excluded),
                history(connection, schema),
                excluded,
                VolatileFacts.of(connection, schema, excluded));
    }

    private static List<String> history(Connection connection, String schema) throws SQLException {
        String sql = "SELECT concat_ws('|', " + HistoryRow.DIGEST + ", \"script\", \"installed_by\") FROM "
                + History.table(schema) + " ORDER BY \"installed_rank\"";
        return Sql.query(connection, sql, row -> row.getString(1));
    }

    /**
     * What differs from another state. Both must have the same excluded columns.
     *
     * @param unstable facts that do not count, as the objects of their differences
     */
    List<Difference> differences(SchemaState other, Set<String> unstable) {
        List<Difference> all = new ArrayList<>(catalog.differences(other.catalog));
        for (int i = 0; i < Math.max(history.size(), other.history.size()); i++) {
            @Nullable String mine = i < history.size() ? history.get(i) : null;
            @Nullable String theirs = i < other.history.size() ? other.history.get(i) : null;
            if (!Objects.equals(mine, theirs)) {
                all.add(new Difference.Definition("row " + (i + 1) + " of " + History.TABLE, mine, theirs));
            }
        }
        data.differences(other.data).all().forEach(difference -> all.add(withoutExcluded(difference)));
        facts.differences(other.facts).stream()
                .filter(difference -> !unstable.contains(difference.object()))
                .forEach(all::add);
        return List.copyOf(all);
    }

    private Difference withoutExcluded(Difference difference) {
        if (!(difference instanceof Difference.Values values)) {
            return difference;
        }
        SortedSet<String> columns = new TreeSet<>(values.columns());
        excluded.forEach(column -> {
            if (values.object().equals(DataDifferences.label(column.table()))) {
                columns.remove(column.column());
            }
        });
        return new Difference.Values(values.object(), columns);
    }

    /** The columns of tables in both states whose values differ; also excluded ones. */
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

    /** The columns that differ from run to run in general, are not empty, and have the same values in both states. */
    SortedSet<TableColumn> volatileColumnsWithSameValues(SchemaState other) {
        Set<TableColumn> differing = columnsThatDiffer(other);
        SortedSet<TableColumn> same = new TreeSet<>();
        facts.columns().forEach((column, fact) -> {
            if (fact.distinct() > 0 && other.facts.columns().containsKey(column) && !differing.contains(column)) {
                same.add(column);
            }
        });
        return same;
    }
}
