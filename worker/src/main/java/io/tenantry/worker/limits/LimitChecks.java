package io.tenantry.worker.limits;

import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** All checks of one server. Without state. */
public final class LimitChecks {
    /** Quick ones first: the time that they leave is for the others. */
    private static final List<LimitCheck> ALL = List.of(
            new CatalogBloat(),
            new ConnectionLimits(),
            new HeldBack(),
            new InvalidIndexes(),
            new LockTable(),
            new HandMadeTables(),
            new DatabaseSize());

    /**
     * Every join is by a hash: PostgreSQL has no statistics of catalogs that have just grown, and would read all of {@code
     * pg_class} again for each tenant.
     */
    private static final String PLANNING = "SET LOCAL enable_nestloop = off; SET LOCAL jit = off";

    private LimitChecks() {}

    /** All of them; see {@link #of(Connection, CheckedServer, Duration, Set)}. */
    public static List<LimitFinding> of(Connection connection, CheckedServer server, Duration patience)
            throws SQLException {
        return of(connection, server, patience, Set.of());
    }

    /**
     * Looks at each limit, in a transaction of its own. What takes too long, or fails, is unknown; it leaves the others their
     * part of the time.
     *
     * @param patience for all of them together
     * @param leftOut names of checks
     * @throws SQLException if the session is lost
     */
    public static List<LimitFinding> of(
            Connection connection, CheckedServer server, Duration patience, Set<String> leftOut) throws SQLException {
        long end = System.nanoTime() + patience.toNanos();
        List<LimitCheck> checks =
                ALL.stream().filter(check -> !leftOut.contains(check.name())).toList();
        List<LimitFinding> findings = new ArrayList<>();
        for (LimitCheck check : checks) {
            long part = (end - System.nanoTime()) / (checks.size() - findings.size());
            findings.add(look(check, connection, server, Math.max(1, part / 1_000_000)));
        }
        return findings;
    }

    private static LimitFinding look(LimitCheck check, Connection connection, CheckedServer server, long millis)
            throws SQLException {
        try {
            return Transaction.run(connection, () -> {
                Sql.execute(
                        connection,
                        "SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = " + millis + "; " + PLANNING);
                return check.look(connection, server);
            });
        } catch (SQLException failure) {
            if (!connection.isValid(1)) {
                throw failure;
            }
            return Unmeasured.of(connection, server.name(), check.name(), failure, millis);
        }
    }
}
