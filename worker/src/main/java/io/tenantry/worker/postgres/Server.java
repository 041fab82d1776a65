package io.tenantry.worker.postgres;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.config.ServerSettings;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** One PostgreSQL server: a pool, and the bulkhead that caps its use. Safe for use by many threads. */
public final class Server implements AutoCloseable {
    private final String name;
    private final ConnectionPool pool;
    private final ConnectionBulkhead bulkhead;
    private final ShortConnections shortConnections;
    private final SessionTimeouts timeouts;

    /** Opens no connection yet, so a server that is away does not stop the caller. */
    public Server(ServerSettings settings, SessionTimeouts timeouts, String applicationName) {
        this.name = settings.name();
        this.timeouts = timeouts;
        this.bulkhead = new ConnectionBulkhead(name, settings.maxConnections());
        ConnectionPool.Target target =
                new ConnectionPool.Target(name, settings.url(), settings.user(), settings.password(), applicationName);
        this.pool = new ConnectionPool(target, settings.maxConnections());
        this.shortConnections = new ShortConnections(target);
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

    /**
     * Opens a session where the home is, or is to be: in the server's own database, or in the home's. Waits up to 5 s for
     * a connection.
     *
     * @throws DatabaseRefusedException if the home's own database is missing, or closed to this user
     */
    public HomeSession open(TenantHome home) throws SQLException {
        if (home.isolation() == Isolation.DATABASE) {
            return new HomeSession(home, connect(home.location()), timeouts, closed -> {});
        }
        return openForProvisioning(home);
    }

    /** Opens a session in the server's own database, whatever the home's isolation. */
    public HomeSession openForProvisioning(TenantHome home) throws SQLException {
        return new HomeSession(home, pool.connection(), timeouts, pool::evict);
    }

    /**
     * Opens a connection to any database of the server, which the caller closes. Waits up to 5 s.
     *
     * @throws DatabaseRefusedException if that database is missing, or closed to this user
     */
    public Connection connect(String database) throws SQLException {
        return shortConnections.connect(database);
    }

    @Override
    public void close() {
        pool.close();
    }
}
