package io.tenantry.worker.postgres.connection;

import java.sql.SQLException;
import java.util.Set;

/** The server answered, and does not let this user connect to one of its databases. The server itself is available. */
public final class DatabaseRefusedException extends SQLException {
    private static final long serialVersionUID = 1L;

    private static final String MISSING = "3D000";
    /** Missing; connections not allowed, or DROP DATABASE was interrupted; no privilege. */
    private static final Set<String> REFUSALS = Set.of(MISSING, "55000", "42501");

    private DatabaseRefusedException(SQLException refusal) {
        super(refusal.getMessage(), refusal.getSQLState(), refusal);
    }

    static boolean isRefusal(SQLException failure) {
        return failure.getSQLState() != null && REFUSALS.contains(failure.getSQLState());
    }

    static DatabaseRefusedException of(SQLException refusal) {
        return new DatabaseRefusedException(refusal);
    }

    /** Whether there is no such database. */
    public boolean isMissing() {
        return MISSING.equals(getSQLState());
    }
}
