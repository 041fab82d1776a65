package io.tenantry.worker.postgres.connection;

import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import io.tenantry.worker.config.ServerSettings;
import io.tenantry.worker.postgres.BlockingSession;
import io.tenantry.worker.postgres.ServerMode;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * One PostgreSQL server: a pool and single connections, the gate that counts both as the server does, and the bulkhead
 * that limits the work. Gate and bulkhead have the same size: this worker's current share of the server's cap. Safe for
 * use by many threads.
 */
public final class Server implements AutoCloseable {
    private final String name;
    private final ConnectionGate gate;
    private final GatedConnector connector;
    private final ConnectionPool pool;
    private final ConnectionBulkhead bulkhead;
    private final ShortConnections shortConnections;
    private final Lease lease;
    private final SessionTimeouts timeouts;
    private final ReceiveBudget budget;

    /**
     * For a process that uses all connections of the cap. Opens none yet, so an unavailable server does not stop the
     * caller.
     */
    public Server(ServerSettings settings, SessionTimeouts timeouts, String applicationName) {
        this(settings, timeouts, Lease.endless(applicationName));
    }

    /** The same with a budget for what scripts send. */
    public Server(ServerSettings settings, SessionTimeouts timeouts, String applicationName, ReceiveBudget budget) {
        this(settings, timeouts, Lease.endless(applicationName), alone(settings), budget);
    }

    /** The same with a lease, on a worker that has no other server. */
    public Server(ServerSettings settings, SessionTimeouts timeouts, Lease lease) {
        this(
                settings,
                timeouts,
                lease,
                alone(settings),
                ReceiveBudget.ofHeap(Runtime.getRuntime().maxMemory(), settings.maxConnections()));
    }

    /**
     * For a worker with a share of the connections: none until {@link #share}. Opens none yet.
     *
     * @param threads of the worker, shared among its servers
     * @param budget of the worker, for what scripts send
     */
    public Server(
            ServerSettings settings, SessionTimeouts timeouts, Lease lease, LaneThreads threads, ReceiveBudget budget) {
        this.budget = budget;
        this.name = settings.name();
        this.lease = lease;
        this.timeouts = timeouts;
        this.bulkhead = new ConnectionBulkhead(name, settings.maxConnections(), lease, threads);
        this.gate = new ConnectionGate(name, bulkhead.max());
        this.connector = new GatedConnector(settings, lease, gate, timeouts.lock());
        this.pool = new ConnectionPool(name, connector, settings.maxConnections(), true);
        this.shortConnections = new ShortConnections(connector, () -> pool.closeIdle(gate.surplus(1)));
    }

    private static LaneThreads alone(ServerSettings settings) {
        return new LaneThreads(settings.maxConnections() + 1, List.of(settings.name()));
    }

    /** Name in the configuration. */
    public String name() {
        return name;
    }

    /**
     * Ask for a permit here before {@link #connection} and {@link #connect}, one for each connection at the same time.
     */
    public ConnectionBulkhead bulkhead() {
        return bulkhead;
    }

    /** Measures the pool; to be called once. */
    public void measureBy(MetricsTrackerFactory meters) {
        pool.measureBy(meters);
    }

    /** The pool, for work that is not on a tenant's home. */
    public DataSource dataSource() {
        return pool.dataSource();
    }

    /** Limits of a session that works on a tenant. */
    public SessionTimeouts timeouts() {
        return timeouts;
    }

    /** How much scripts may send. */
    public ReceiveBudget budget() {
        return budget;
    }

    /** A connection of the pool, to the server's own database; closing it gives it back. Waits up to 5 s. */
    public Connection connection() throws SQLException {
        return pool.connection();
    }

    /** The version of PostgreSQL, as 18; asked on a connection of the pool. Waits up to 5 s. */
    public int majorVersion() throws SQLException {
        try (Connection connection = connection()) {
            return connection.getMetaData().getDatabaseMajorVersion();
        }
    }

    /** Whether its role may do everything; asked on a connection of the pool. Waits up to 5 s. */
    public boolean isOfSuperuser() throws SQLException {
        try (Connection connection = connection()) {
            return Sql.one(connection, "SELECT current_setting('is_superuser') = 'on'", row -> row.getBoolean(1));
        }
    }

    /** Ends this connection of the pool when it is given back. */
    public void evict(Connection connection) {
        pool.evict(connection);
    }

    /**
     * Opens a connection to any database of the server, outside the pool; closing it ends it. An idle one of the pool
     * is closed for it if need be. Waits up to 5 s.
     *
     * @throws DatabaseRefusedException if that database is missing, or closed to this user
     */
    public Connection connect(String database) throws SQLException {
        return shortConnections.connect(database);
    }

    /** Limits what may be sent to this thread over a connection of this server, until the result is closed. */
    public ReceiveLimit limit(Connection connection) {
        return budget.limit(connection);
    }

    /**
     * Asks the server in a new session, outside the pool, whether it can be written to: a failover may have left
     * the address on a standby, or an operator has switched writes off. The caller holds a permit and no connection.
     *
     * @return why it takes no writes; empty if it does
     * @throws SQLException if no session can be opened, or it does not answer within 5 s
     * @see <a href="https://www.postgresql.org/docs/current/hot-standby.html">hot standby</a>
     */
    public Optional<String> whyReadOnly() throws SQLException {
        try (Connection connection = shortConnections.connect()) {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(Connector.TIMEOUT.toMillis()));
            return ServerMode.whyReadOnly(connection);
        }
    }

    /**
     * What sessions of this worker run and wait for, asked in a new session outside the pool. It takes a permit that is
     * free now, or the one that is kept for signups; it waits for none.
     *
     * @param pids process ids of the sessions
     * @return empty if there is no permit
     * @throws SQLException if no session can be opened, or it does not answer within 5 s
     */
    public List<BlockingSession> blocking(Collection<Integer> pids) throws SQLException {
        ConnectionBulkhead.Permit permit = bulkhead.ask(ConnectionBulkhead.Use.PROBE);
        try {
            return permit.isHeld() ? askBlocking(pids) : List.of();
        } finally {
            permit.end();
        }
    }

    private List<BlockingSession> askBlocking(Collection<Integer> pids) throws SQLException {
        try (Connection connection = shortConnections.connect()) {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(Connector.TIMEOUT.toMillis()));
            return BlockingSession.of(connection, pids, lease.applicationName());
        }
    }

    /**
     * Opens one connection beyond the share: to end sessions of dead workers when no living worker has a connection,
     * or, after a start has failed, to find further faults.
     */
    public Connection connectBeyondShare() throws SQLException {
        return connector.openBeyondLimit();
    }

    /**
     * Sets how many permits and connections this worker has from now on. Connections in use stay until they are given
     * back; idle ones beyond the share are closed.
     *
     * @return how many it still needs: the share, or what is open beyond it
     */
    public int share(int connections) {
        gate.limit(connections);
        if (connections == 0) {
            pool.closeAll();
        } else {
            pool.closeIdle(gate.surplus(0));
        }
        bulkhead.share(connections);
        return Math.max(connections, gate.used());
    }

    /** Connections that the server has or may have from this worker, including those that are being closed. */
    public int connections() {
        return gate.used();
    }

    /** Waits until the server has ended every session of this worker. */
    public boolean awaitNone(Duration atMost) throws InterruptedException {
        return gate.awaitNone(atMost);
    }

    /** Closes idle connections now, and the others when they are given back. */
    public void closeConnections() {
        pool.closeAll();
    }

    @Override
    public void close() {
        gate.close();
        pool.close();
    }
}
