package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.snapshot.TableColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the state of a home, without the columns whose values vary. */
interface SchemaStateReader {
    /** Every column counts. */
    SchemaStateReader WHOLE = (connection, schema, before) -> SchemaState.of(connection, schema, Set.of());

    /**
     * Looks at a home.
     *
     * @param before the states that the same run has seen before this one
     */
    SchemaState at(Connection connection, String schema, List<SchemaState> before) throws SQLException;

    /** Leaves out the columns whose values were others in an earlier run of the same scripts, from there on. */
    static SchemaStateReader against(List<SchemaState> earlier) {
        return (connection, schema, before) -> {
            Set<TableColumn> leftOut = new HashSet<>(leftOutLast(before));
            SchemaState seen = SchemaState.of(connection, schema, leftOut);
            boolean more = before.size() < earlier.size()
                    && leftOut.addAll(seen.columnsThatDiffer(earlier.get(before.size())));
            return more ? SchemaState.of(connection, schema, leftOut) : seen;
        };
    }

    /** Leaves out the columns that another run left out at the same version. */
    static SchemaStateReader as(List<SchemaState> other) {
        return (connection, schema, before) -> SchemaState.of(
                connection,
                schema,
                before.size() < other.size() ? other.get(before.size()).leftOut() : leftOutLast(before));
    }

    private static Set<TableColumn> leftOutLast(List<SchemaState> before) {
        return before.isEmpty() ? Set.of() : before.get(before.size() - 1).leftOut();
    }
}
