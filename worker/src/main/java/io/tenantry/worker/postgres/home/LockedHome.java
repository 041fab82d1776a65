package io.tenantry.worker.postgres.home;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.Transaction;
import io.tenantry.worker.postgres.connection.SessionTimeouts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/** A tenant's home that only this worker works on: its {@link HomeSession} holds the lock. For use by one thread. */
public final class LockedHome {
    private final HomeSession session;
    private final TenantHome home;
    private final Connection connection;
    private final Instant lockedAt;

    LockedHome(HomeSession session, Instant lockedAt) {
        this.session = session;
        this.home = session.home();
        this.connection = session.connection();
        this.lockedAt = lockedAt;
    }

    /** The home: its tenant and its place. */
    public TenantHome home() {
        return home;
    }

    /** The connection that holds the lock. Do not close it; what is set on it is reset with the session. */
    public Connection connection() {
        return connection;
    }

    /** The session that holds the lock. */
    public HomeSession session() {
        return session;
    }

    /** Limits for work on the home. */
    public SessionTimeouts timeouts() {
        return session.timeouts();
    }

    /**
     * When the lock was taken, by the server's clock. Times of later holders are later, whichever workers they are, so
     * the times show which of two requests has seen the home last.
     */
    public Instant lockedAt() {
        return lockedAt;
    }

    /** Reads whether the schema or database exists, and its mark. */
    public HomeState inspect() throws SQLException {
        return session.inspect();
    }

    /**
     * Creates the schema and marks it as this home, both or neither.
     *
     * @throws IllegalStateException if the home is a database of its own, which {@link DatabaseProvisioning} makes
     */
    public void create() throws SQLException {
        if (home.isolation() == Isolation.DATABASE) {
            throw new IllegalStateException("home " + home + " is a database, not a schema");
        }
        String schema = Identifiers.quote(home.location());
        Transaction.run(connection, () -> {
            Sql.execute(connection, "CREATE SCHEMA " + schema + "; " + home.markSql());
            return true;
        });
    }
}
