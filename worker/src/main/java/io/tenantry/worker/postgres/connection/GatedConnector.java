package io.tenantry.worker.postgres.connection;

import io.tenantry.worker.config.ServerSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;

/** Opens connections while a lease holds, each with a slot of the gate. Safe for use by many threads. */
final class GatedConnector extends Connector {
    /** connection_failure: the work waits as it does for a server that is away. */
    private static final String NO_LEASE = "08006";

    private final String server;
    private final Lease lease;
    private final ConnectionGate gate;

    /** @param lockTimeout how long a statement waits for a lock where nothing else is set */
    GatedConnector(ServerSettings settings, Lease lease, ConnectionGate gate, Duration lockTimeout) {
        super(
                settings.url(),
                settings.user(),
                settings.password(),
                lease::applicationName,
                TIMEOUT,
                options(lockTimeout));
        this.server = settings.name();
        this.lease = lease;
        this.gate = gate;
    }

    @Override
    Connection open(String address) throws SQLException {
        return openLeased(address, () -> gate.enter(TIMEOUT, () -> {}));
    }

    /** To the server's own database. While no slot is free, closes an idle connection. */
    Connection openNew(Runnable whileFull) throws SQLException {
        return openLeased(address(), () -> gate.enter(TIMEOUT, whileFull));
    }

    /** To a database of the server. While no slot is free, closes an idle connection. */
    Connection open(String database, Runnable whileFull) throws SQLException {
        return openLeased(addressOf(database), () -> gate.enter(TIMEOUT, whileFull));
    }

    /** Takes a slot beyond the limit, so that no other work is delayed; needs no lease. */
    Connection openBeyondLimit() throws SQLException {
        return GatedSockets.through(gate, gate::enterBeyondLimit, () -> super.open(address()));
    }

    private Connection openLeased(String address, GatedSockets.Entrance entrance) throws SQLException {
        String name = lease.applicationName();
        if (!lease.holds(name)) {
            throw noLease();
        }
        Connection connection = GatedSockets.through(gate, entrance, () -> super.open(address));
        if (!lease.holds(name)) {
            // The worker was stopped meanwhile, and other workers may have its share by now.
            connection.close();
            throw noLease();
        }
        return connection;
    }

    private SQLException noLease() {
        return new SQLTransientConnectionException(
                "this worker's lease of connections to server " + server
                        + " has expired, because the registry was not reached in time; the work waits until there is a lease again",
                NO_LEASE);
    }
}
