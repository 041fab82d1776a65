package io.tenantry.worker.postgres.connection;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.pool.HikariPool;
import io.tenantry.worker.config.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** A pool of connections to one PostgreSQL database. Safe for use by many threads. */
public final class ConnectionPool implements AutoCloseable {
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

    private final HikariDataSource pool;

    /**
     * Where to connect, and as which user.
     *
     * @param name for thread names and messages
     * @param applicationName how the sessions show in pg_stat_activity
     */
    public record Target(String name, String url, String user, Secret password, String applicationName) {}

    /** Opens no connection yet, so a server that is away does not stop the caller. */
    public ConnectionPool(Target target, int maxConnections) {
        this(
                target.name(),
                new Connector(target.url(), target.user(), target.password(), target::applicationName),
                maxConnections,
                false);
    }

    /** @param runsScripts whether its sessions run scripts of tenants' databases */
    ConnectionPool(String name, DataSource connector, int maxConnections, boolean runsScripts) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setDataSource(connector);
        config.setMaximumPoolSize(maxConnections);
        config.setMinimumIdle(0);
        config.setIdleTimeout(IDLE_TIMEOUT.toMillis());
        config.setConnectionTimeout(Connector.TIMEOUT.toMillis());
        config.setInitializationFailTimeout(-1);
        if (runsScripts) {
            config.setExceptionOverride(new KeepSession());
        }
        this.pool = new HikariDataSource(config);
    }

    /** Measures the pool; to be called once. Its meters have the label {@code pool}, with the pool's name. */
    public void measureBy(MetricsTrackerFactory meters) {
        pool.setMetricsTrackerFactory(meters);
    }

    /** Waits up to 5 s for a connection; closing it gives it back. */
    public Connection connection() throws SQLException {
        return pool.getConnection();
    }

    /** Closes the connection for good when it is given back. */
    public void evict(Connection connection) {
        pool.evictConnection(connection);
    }

    /** Closes idle ones, so many at most; those in use stay. */
    void closeIdle(int atMost) {
        if (!(pool.getHikariPoolMXBean() instanceof HikariPool connections)) {
            return; // no connection was ever asked for
        }
        for (int i = 0; i < atMost && connections.getIdleConnections() > 0; i++) {
            // Hikari can close all idle connections, or one that was taken. Closing all would make every other user
            // open a new one.
            try (Connection idle = connections.getConnection(1)) {
                pool.evictConnection(idle);
            } catch (SQLException taken) {
                return; // it is in use now
            }
        }
    }

    /** Closes those that are idle, and the others as they are given back. */
    void closeAll() {
        if (pool.getHikariPoolMXBean() != null) {
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }

    /** The pool as a data source. */
    public DataSource dataSource() {
        return pool;
    }

    @Override
    public void close() {
        pool.close();
    }
}
