package io.tenantry.worker.postgres;

import io.tenantry.worker.config.ServerSettings;
import java.sql.SQLException;
import javax.sql.DataSource;

/** One PostgreSQL server: a pool, and the bulkhead that caps its use. Safe for use by many threads. */
public final class Server implements AutoCloseable {
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

    /** Acquire a permit here before {@link #open}. */
    public ConnectionBulkhead bulkhead() {
        return bulkhead;
    }

    /** The pool, for work that is not on a tenant's home. */
    public DataSource dataSource() {
        return pool.dataSource();
    }

    /** Opens a session where the home is, or is to be. Waits up to 5 s for a connection. */
    public HomeSession open(TenantHome home) throws SQLException {
        return new HomeSession(home, pool.connection(), timeouts, pool::evict);
    }

    @Override
    public void close() {
        pool.close();
    }
}
