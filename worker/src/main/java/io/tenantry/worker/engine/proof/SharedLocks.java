package io.tenantry.worker.engine.proof;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Limits how long a trial holds locks that block writers of tables outside the home, as a new foreign key does. For use
 * by one thread.
 */
final class SharedLocks {
    private static final String QUERY = """
            SELECT EXISTS (
                SELECT FROM pg_locks l
                    JOIN pg_class c ON c.oid = l.relation
                    JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'p', 'm')
                    AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
                    AND n.nspname NOT IN (?, 'pg_catalog', 'pg_toast', 'information_schema')
                    AND n.oid <> pg_my_temp_schema() AND n.nspname !~ '^pg_toast_temp_')
            """;

    private final Connection connection;
    private final String schema;
    private final long limitNanos;
    private boolean held;
    private long sinceNanos;

    /** @param limit how long others may be kept waiting */
    SharedLocks(Connection connection, String schema, Duration limit) {
        this.connection = connection;
        this.schema = schema;
        this.limitNanos = limit.toNanos();
    }

    /** To be called when a transaction begins. */
    void begin() {
        held = false;
    }

    /** Whether others have been kept waiting for too long. The time counts from the first call that finds such a lock. */
    boolean areHeldTooLong() throws SQLException {
        if (!held) {
            held = isHeld();
            sinceNanos = System.nanoTime();
        }
        return held && System.nanoTime() - sinceNanos >= limitNanos;
    }

    private boolean isHeld() throws SQLException {
        return Sql.one(connection, QUERY, row -> row.getBoolean(1), schema);
    }
}
