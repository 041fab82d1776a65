package io.tenantry.worker.postgres.home;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.postgres.BlockingSession;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.DatabaseRefusedException;
import io.tenantry.worker.postgres.connection.ReceiveBudget;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the place of a tenant's home, which may not exist yet. Nothing is locked. For use by one thread.
 * Closing it resets the connection and gives it back.
 */
public final class HomeSession implements AutoCloseable {
    /** A worker that is stopped between two statements must not keep the lock. */
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(30);

    private final TenantHome home;
    private final Connection connection;
    private final SessionTimeouts timeouts;
    private final ReceiveBudget budget;
    private final Consumer<Connection> evict;
    private boolean changed;
    private boolean ends;

    /**
     * Opens a session at the home's location: in the server's own database, or in the home's own. Waits up to 5 s for a
     * connection.
     *
     * @throws DatabaseRefusedException if the home's own database is missing, or closed to this user
     */
    public static HomeSession open(Server server, TenantHome home) throws SQLException {
        if (home.isolation() == Isolation.DATABASE) {
            return new HomeSession(
                    home, server.connect(home.location()), server.timeouts(), server.budget(), closed -> {});
        }
        return openForProvisioning(server, home);
    }

    /** Opens a session in the server's own database, whatever the home's isolation. */
    public static HomeSession openForProvisioning(Server server, TenantHome home) throws SQLException {
        return new HomeSession(home, server.connection(), server.timeouts(), server.budget(), server::evict);
    }

    /**
     * Opens a session in this database of the server, whatever the home's isolation.
     *
     * @throws DatabaseRefusedException if the database is missing, or closed to this user
     */
    public static HomeSession openIn(Server server, TenantHome home, String postgresDatabase) throws SQLException {
        return new HomeSession(
                home, server.connect(postgresDatabase), server.timeouts(), server.budget(), closed -> {});
    }

    HomeSession(
            TenantHome home,
            Connection connection,
            SessionTimeouts timeouts,
            ReceiveBudget budget,
            Consumer<Connection> evict) {
        this.home = home;
        this.connection = connection;
        this.timeouts = timeouts;
        this.budget = budget;
        this.evict = evict;
    }

    /** The home: its tenant and its place. */
    public TenantHome home() {
        return home;
    }

    /** Do not close it. Call {@link #changed} before a change that outlives its transaction. */
    public Connection connection() {
        return connection;
    }

    /** The process id of the session, without asking the server. */
    public int pid() throws SQLException {
        return BlockingSession.pid(connection);
    }

    /** Cancels the statement that another thread runs in this session, if one runs. */
    public void cancel() throws SQLException {
        BlockingSession.cancel(connection);
    }

    /** Limits for work on the home. */
    public SessionTimeouts timeouts() {
        return timeouts;
    }

    /** Something outlives its transaction: a setting, a lock, a temporary table. Closing this session undoes it. */
    public void changed() {
        changed = true;
    }

    /** Everything that outlived its transaction is undone: nothing remains to be reset. */
    public void restored() {
        changed = false;
    }

    /**
     * Closing this ends the PostgreSQL session instead of resetting it. Some changes cannot be reset: a custom setting
     * ({@code SET app.tenant}) never becomes unknown again.
     */
    public void endAfterwards() {
        ends = true;
    }

    /** Limits what the server may send to this thread until the result is closed. */
    public ReceiveLimit limit() {
        return budget.limit(connection);
    }

    /**
     * Takes the home's lock, and keeps it until this is closed. Empty if another session holds it: come back later.
     * It does not wait for the lock, because a waiter holds a snapshot, and deadlocks with CREATE INDEX CONCURRENTLY.
     */
    public Optional<LockedHome> tryLock() throws SQLException {
        changed();
        // One round trip. The settings are those of the session, because Flyway commits in between.
        String sql = "SET idle_session_timeout = " + LONGEST_IDLE.toMillis()
                + "; SET lock_timeout = " + timeouts.lock().toMillis()
                + "; SET statement_timeout = " + timeouts.statement().toMillis()
                + "; SELECT pg_try_advisory_lock(" + home.lockKey() + "), clock_timestamp()";
        return Sql.queryLast(connection, sql, this::locked).get(0);
    }

    private Optional<LockedHome> locked(ResultSet row) throws SQLException {
        return row.getBoolean(1)
                ? Optional.of(new LockedHome(
                        this, row.getObject(2, OffsetDateTime.class).toInstant()))
                : Optional.empty();
    }

    /**
     * Gives the lock back, and undoes what {@link #tryLock} has set. For a caller that has changed nothing else: the session
     * keeps its plans, which a reset discards.
     */
    public void unlock() throws SQLException {
        String sql =
                "RESET idle_session_timeout; RESET lock_timeout; RESET statement_timeout; SELECT pg_advisory_unlock("
                        + home.lockKey() + ")";
        Sql.queryLast(connection, sql, row -> row.getBoolean(1));
        restored();
    }

    /** Reads whether the schema or database exists, and its mark; without the lock both may change meanwhile. */
    public HomeState inspect() throws SQLException {
        // The comment of a database can be read from any database.
        String sql = home.isolation() == Isolation.DATABASE
                ? "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = ?"
                : "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = ?";
        return Sql.first(connection, sql, this::state, home.location()).orElseGet(HomeState.Missing::new);
    }

    private HomeState state(ResultSet row) throws SQLException {
        @Nullable String comment = row.getString(1);
        return home.isMarkedBy(comment) ? new HomeState.Marked() : new HomeState.Foreign(comment);
    }

    @Override
    public void close() throws SQLException {
        if (ends) {
            evict.accept(connection);
            connection.close();
        } else if (changed) {
            new SessionReset(evict).giveBack(connection);
        } else {
            connection.close();
        }
    }
}
