package io.tenantry.worker.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The rows of the last of several statements that were sent as one text. */
public final class LastResult {
    private LastResult() {}

    /**
     * Skips all results before it.
     *
     * @param statement just executed; its last statement must return rows
     */
    public static ResultSet of(Statement statement) throws SQLException {
        while (true) {
            ResultSet rows = statement.getResultSet();
            boolean more = statement.getMoreResults(Statement.KEEP_CURRENT_RESULT);
            if (!more && statement.getUpdateCount() == -1) {
                if (rows == null) {
                    throw new SQLException("the last statement has returned no rows");
                }
                return rows;
            }
            if (rows != null) {
                rows.close();
            }
        }
    }
}
