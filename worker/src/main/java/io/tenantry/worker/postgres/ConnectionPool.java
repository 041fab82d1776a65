package io.tenantry.worker.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tenantry.worker.config.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;

/** A pool of connections to one PostgreSQL database. Safe for use by many threads. */
public final class ConnectionPool implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

    /**
     * The server ends a session whose client is gone, or stopped in a transaction, so that it does not keep a tenant's
     * lock.
     *
     * @see <a href="https://www.postgresql.org/docs/current/runtime-config-connection.html">connection settings</a>
     */
    private static final String SESSION_OPTIONS =
            "-c idle_in_transaction_session_timeout=30000 -c client_connection_check_interval=5000"
                    + " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

    private final HikariDataSource pool;

    /**
     * Where to connect, and as whom.
     *
     * @param name for thread names and messages
     * @param applicationName how the sessions show in pg_stat_activity
     */
    public record Target(String name, String url, String user, Secret password, String applicationName) {}

    /** Opens no connection yet, so a server that is away does not stop the caller. */
    public ConnectionPool(Target target, int maxConnections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(target.name());
        config.setJdbcUrl(target.url());
        config.setUsername(target.user());
        config.setPassword(target.password().reveal());
        config.setMaximumPoolSize(maxConnections);
        config.setMinimumIdle(0);
        config.setIdleTimeout(IDLE_TIMEOUT.toMillis());
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        config.setInitializationFailTimeout(-1);
        properties(target).forEach(config::addDataSourceProperty);
        this.pool = new HikariDataSource(config);
    }

    /** Of every session, by the names that the driver gives them. */
    static Map<String, String> properties(Target target) {
        return Map.of(
                // A statement without parameters goes as it is, in one simple query: several in one text are one
                // message, and cost the server less than the extended protocol.
                "preferQueryMode",
                "extendedForPrepared",
                "ApplicationName",
                target.applicationName(),
                // Else the driver sets the name by a statement of its own, and RESET ALL takes it away.
                "assumeMinServerVersion",
                "14",
                "connectTimeout",
                Long.toString(CONNECT_TIMEOUT.toSeconds()),
                "tcpKeepAlive",
                "true",
                "options",
                SESSION_OPTIONS);
    }

    /** Waits up to 5 s for a connection; closing it gives it back. */
    public Connection connection() throws SQLException {
        return pool.getConnection();
    }

    /** Closes the connection for good when it is given back. */
    public void evict(Connection connection) {
        pool.evictConnection(connection);
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
