package io.tenantry.worker.limits;

import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;

/** What is said of a limit that could not be measured. */
final class Unmeasured {
    /** query_canceled, insufficient_privilege: https://www.postgresql.org/docs/18/errcodes-appendix.html */
    private static final String CANCELLED = "57014";

    private static final String NO_PRIVILEGE = "42501";

    private Unmeasured() {}

    /**
     * The finding, with what to do.
     *
     * @param connection outside of a transaction
     * @param millis how long it was allowed to take
     */
    static LimitFinding of(Connection connection, String server, String check, SQLException failure, long millis)
            throws SQLException {
        return LimitFinding.unknown(
                server, check, FailureMessage.of(failure), advice(connection, failure.getSQLState(), millis));
    }

    private static String advice(Connection connection, String sqlState, long millis) throws SQLException {
        if (CANCELLED.equals(sqlState)) {
            return "it had " + Counted.number(millis)
                    + " ms: run status --checks, which waits longer, when the server has less load;"
                    + " if it stays so, see in pg_stat_activity what it waits for, such as VACUUM FULL of a catalog";
        }
        if (NO_PRIVILEGE.equals(sqlState)) {
            return "grant the named privilege to the role "
                    + Sql.one(connection, "SELECT current_user", row -> row.getString(1))
                    + " (PostgreSQL lets everybody read catalogs, unless that was revoked), then run status --checks";
        }
        return "run status --checks again; if it stays so, the log of PostgreSQL has the statement";
    }
}
