package io.tenantry.worker.postgres.connection;

import io.tenantry.worker.config.Secret;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Opens connections to a PostgreSQL server, a new one each time. Safe for use by many threads. */
class Connector implements DataSource {
    private static final String SCHEME = "jdbc:postgresql:";
    /** For connecting, and for each answer of the server until the session is open. */
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    /**
     * The server ends a session whose client is gone, also while it sends an answer, or whose client was stopped in a
     * transaction. So the session does not keep a tenant's lock.
     *
     * @see <a href="https://www.postgresql.org/docs/current/runtime-config-connection.html">connection settings</a>
     */
    private static final String SESSION_OPTIONS =
            "-c idle_in_transaction_session_timeout=30000 -c client_connection_check_interval=5000"
                    + " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
                    + " -c tcp_user_timeout=25000";

    private final String url;
    private final String user;
    private final Secret password;
    private final Supplier<String> applicationName;
    private final long timeoutSeconds;
    private final String options;

    /** @param applicationName how a session that is opened now shows in pg_stat_activity */
    Connector(String url, String user, Secret password, Supplier<String> applicationName) {
        this(url, user, password, applicationName, TIMEOUT);
    }

    /** @param timeout in place of {@link #TIMEOUT}; whole seconds count, and one at least */
    Connector(String url, String user, Secret password, Supplier<String> applicationName, Duration timeout) {
        this(url, user, password, applicationName, timeout, SESSION_OPTIONS);
    }

    /** @param lockTimeout how long a statement waits for a lock where nothing else is set; what RESET returns to */
    static String options(Duration lockTimeout) {
        return SESSION_OPTIONS + " -c lock_timeout=" + lockTimeout.toMillis();
    }

    /** @param options of each session */
    Connector(
            String url,
            String user,
            Secret password,
            Supplier<String> applicationName,
            Duration timeout,
            String options) {
        this.options = options;
        this.url = url;
        this.user = user;
        this.password = password;
        this.applicationName = applicationName;
        this.timeoutSeconds = Math.max(1, timeout.toSeconds());
    }

    @Override
    public Connection getConnection() throws SQLException {
        return open(url);
    }

    final String address() {
        return url;
    }

    /** The same for another database of the server. */
    final String addressOf(String database) {
        int question = url.indexOf('?');
        String parameters = question < 0 ? "" : url.substring(question);
        String place = url.substring(0, url.length() - parameters.length());
        int hosts = place.indexOf("//");
        int slash = hosts < 0 ? -1 : place.indexOf('/', hosts + 2);
        String server = hosts < 0 ? SCHEME + "//localhost" : slash < 0 ? place : place.substring(0, slash);
        return server + "/" + URLEncoder.encode(database, StandardCharsets.UTF_8) + parameters;
    }

    /** Every connection comes from here. */
    Connection open(String address) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password.reveal());
        // A statement without parameters goes as it is, in one simple query: several in one text are one message, and
        // cost the server less than the extended protocol.
        properties.setProperty("preferQueryMode", "extendedForPrepared");
        properties.setProperty("ApplicationName", applicationName.get());
        // Without this option the driver sets the name by a statement of its own, and RESET ALL resets it.
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("connectTimeout", Long.toString(timeoutSeconds));
        properties.setProperty("socketTimeout", Long.toString(timeoutSeconds));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("options", options);
        properties.setProperty("socketFactory", GatedSockets.class.getName());
        Connection connection = DriverManager.getConnection(address, properties);
        if (!address.contains("socketTimeout=")) {
            // Statements have no time limit here.
            connection.setNetworkTimeout(Runnable::run, 0);
        }
        return connection;
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("it has a user of its own");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter writer) {
        // It logs nothing.
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // It has its own.
    }

    @Override
    public int getLoginTimeout() {
        return (int) TIMEOUT.toSeconds();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("it logs nothing");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("not a wrapper of " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
