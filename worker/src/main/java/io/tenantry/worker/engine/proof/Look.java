package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.snapshot.TableColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How a stage is looked at: which columns the digests of its rows leave out. */
interface Look {
    /** Every column counts. */
    Look WHOLE = (connection, schema, before) -> Stage.of(connection, schema, Set.of());

    /**
     * Looks at a home.
     *
     * @param before the stages that the same walk has seen before this one
     */
    Stage at(Connection connection, String schema, List<Stage> before) throws SQLException;

    /** Leaves out the columns whose values were others in an earlier run of the same scripts, from there on. */
    static Look against(List<Stage> earlier) {
        return (connection, schema, before) -> {
            Set<TableColumn> leftOut = new HashSet<>(leftOutLast(before));
            Stage seen = Stage.of(connection, schema, leftOut);
            boolean more = before.size() < earlier.size()
                    && leftOut.addAll(seen.columnsThatDiffer(earlier.get(before.size())));
            return more ? Stage.of(connection, schema, leftOut) : seen;
        };
    }

    /** Leaves out the columns that another run left out at the same stage. */
    static Look as(List<Stage> other) {
        return (connection, schema, before) -> Stage.of(
                connection,
                schema,
                before.size() < other.size() ? other.get(before.size()).leftOut() : leftOutLast(before));
    }

    private static Set<TableColumn> leftOutLast(List<Stage> before) {
        return before.isEmpty() ? Set.of() : before.get(before.size() - 1).leftOut();
    }
}
