package io.tenantry.worker.limits;

import io.tenantry.worker.postgres.FailureMessage;
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
    private static final List<LimitCheck> ALL = List.of(
            new HandMadeTables(),
            new CatalogBloat(),
            new LockTable(),
            new ConnectionLimits(),
            new DatabaseSize(),
            new InvalidIndexes(),
            new HeldBack());

    private LimitChecks() {}

    /** All of them; see {@link #of(Connection, CheckedServer, Duration, Set)}. */
    public static List<LimitFinding> of(Connection connection, CheckedServer server, Duration patience)
            throws SQLException {
        return of(connection, server, patience, Set.of());
    }

    /**
     * Looks at each limit, in a transaction of its own. What takes too long, or fails, is unknown; the others are looked at
     * nevertheless.
     *
     * @param patience for all of them together
     * @param leftOut names of checks
     * @throws SQLException if the session is lost
     */
    public static List<LimitFinding> of(
            Connection connection, CheckedServer server, Duration patience, Set<String> leftOut) throws SQLException {
        long end = System.nanoTime() + patience.toNanos();
        List<LimitFinding> findings = new ArrayList<>();
        for (LimitCheck check : ALL) {
            if (!leftOut.contains(check.name())) {
                long left = Math.max(1, (end - System.nanoTime()) / 1_000_000);
                findings.add(look(check, connection, server, left));
            }
        }
        return findings;
    }

    private static LimitFinding look(LimitCheck check, Connection connection, CheckedServer server, long millis)
            throws SQLException {
        try {
            return Transaction.run(connection, () -> {
                Sql.execute(connection, "SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = " + millis);
                return check.look(connection, server);
            });
        } catch (SQLException failure) {
            if (!connection.isValid(1)) {
                throw failure;
            }
            return new LimitFinding(
                    server.name(),
                    null,
                    check.name(),
                    LimitFinding.Level.UNKNOWN,
                    "not measured: " + FailureMessage.of(failure),
                    null,
                    null);
        }
    }
}
