package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.snapshot.TableColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the state of a home, without the columns that have varying values. */
interface SchemaStateReader {
    /** Excludes no column. */
    SchemaStateReader WHOLE = (connection, schema, before) -> SchemaState.of(connection, schema, Set.of());

    /**
     * Reads the state of a home.
     *
     * @param before the states that the same run has read before
     */
    SchemaState at(Connection connection, String schema, List<SchemaState> before) throws SQLException;

    /** Excludes each column from the version on at which its values differ from those of an earlier run of the same scripts. */
    static SchemaStateReader against(List<SchemaState> earlier) {
        return (connection, schema, before) -> {
            Set<TableColumn> excluded = new HashSet<>(lastExcluded(before));
            SchemaState state = SchemaState.of(connection, schema, excluded);
            boolean more = before.size() < earlier.size()
                    && excluded.addAll(state.columnsThatDiffer(earlier.get(before.size())));
            return more ? SchemaState.of(connection, schema, excluded) : state;
        };
    }

    /** Excludes the columns that another run excluded at the same version. */
    static SchemaStateReader as(List<SchemaState> other) {
        return (connection, schema, before) -> SchemaState.of(
                connection,
                schema,
                before.size() < other.size() ? other.get(before.size()).excluded() : lastExcluded(before));
    }

    private static Set<TableColumn> lastExcluded(List<SchemaState> before) {
        return before.isEmpty() ? Set.of() : before.get(before.size() - 1).excluded();
    }
}
