package io.tenantry.worker.postgres;

import io.tenantry.worker.config.ServerSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/** One PostgreSQL server: a pool, and the bulkhead that caps its use. Safe for use by many threads. */
public final class Server implements AutoCloseable {
    /** A worker that is stopped between two statements must not keep the lock. */
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(30);

    private final String name;
    private final ConnectionPool pool;
    private final ConnectionBulkhead bulkhead;
    private final SessionTimeouts timeouts;

    /** Opens no connection yet, so a server that is away does not stop the caller. */
    public Server(ServerSettings settings, SessionTimeouts timeouts, String applicationName) {
        this.name = settings.name();
        this.timeouts = timeouts;
        this.bulkhead = new ConnectionBulkhead(name, settings.maxConnections());
        this.pool = new ConnectionPool(
                new ConnectionPool.Target(name, settings.url(), settings.user(), settings.password(), applicationName),
                settings.maxConnections());
    }

    /** Name in the configuration. */
    public String name() {
        return name;
    }

    /** Acquire a permit here before {@link #tryLock}. */
    public ConnectionBulkhead bulkhead() {
        return bulkhead;
    }

    /** The pool, for work that is not on a tenant's home. */
    public DataSource dataSource() {
        return pool.dataSource();
    }

    /**
     * Takes a connection and, on it, the home's lock. Empty if somebody else holds the lock: come back later. It does
     * not wait for the lock, because who waits holds a snapshot, and deadlocks with CREATE INDEX CONCURRENTLY.
     */
    public Optional<LockedHome> tryLock(TenantHome home) throws SQLException {
        Connection connection = pool.connection();
        boolean locked = false;
        try {
            locked = takeLock(connection, home.lockKey());
            return locked ? Optional.of(new LockedHome(home, connection, pool::evict)) : Optional.empty();
        } finally {
            if (!locked) {
                new SessionReset(pool::evict).giveBack(connection);
            }
        }
    }

    private boolean takeLock(Connection connection, long key) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // One round trip. The settings are those of the session, because Flyway commits in between.
            boolean isResult = statement.execute("SET idle_session_timeout = " + LONGEST_IDLE.toMillis()
                    + "; SET lock_timeout = "
                    + timeouts.lock().toMillis()
                    + "; SET statement_timeout = " + timeouts.statement().toMillis()
                    + "; SELECT pg_try_advisory_lock(" + key + ")");
            while (!isResult && statement.getUpdateCount() != -1) {
                isResult = statement.getMoreResults();
            }
            try (ResultSet result = statement.getResultSet()) {
                return result.next() && result.getBoolean(1);
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
