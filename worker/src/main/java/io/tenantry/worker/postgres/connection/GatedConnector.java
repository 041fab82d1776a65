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

    /** To the server's own database; while no slot is free it makes one so. */
    Connection openNew(Runnable whileFull) throws SQLException {
        return openLeased(address(), () -> gate.enter(TIMEOUT, whileFull));
    }

    /** To a database of the server; while no slot is free it makes one so. */
    Connection open(String database, Runnable whileFull) throws SQLException {
        return openLeased(addressOf(database), () -> gate.enter(TIMEOUT, whileFull));
    }

    /** Takes no slot that somebody else may need, but one more; needs no lease either. */
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
            // It was stopped on the way, and somebody else may have its share by now.
            connection.close();
            throw noLease();
        }
        return connection;
    }

    private SQLException noLease() {
        return new SQLTransientConnectionException(
                "this worker's lease of connections to server " + server
                        + " has run out, because the registry was not reached in time; it waits until it has one again",
                NO_LEASE);
    }
}
