package io.tenantry.worker.postgres.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/**
 * Connections to any database of a server, each opened for one piece of work and closed after it: a pool for each
 * tenant's database would hold connections for thousands of them. Safe for use by many threads.
 */
final class ShortConnections {
    private final GatedConnector connector;
    private final Runnable makeRoom;

    /** @param makeRoom called repeatedly while all connections that this worker may have are open */
    ShortConnections(GatedConnector connector, Runnable makeRoom) {
        this.connector = connector;
        this.makeRoom = makeRoom;
    }

    /** Opens a connection to the server's own database; waits up to 5 s. */
    Connection connect() throws SQLException {
        return connector.openNew(makeRoom);
    }

    /**
     * Opens a connection to this database; waits up to 5 s. Everything in the server's URL applies, except the name of
     * the database.
     *
     * @throws DatabaseRefusedException if this database refuses the connection, not the server
     * @throws DatabaseUnreachableException if it is unknown which of them refuses
     * @throws SQLTransientConnectionException if this worker may open no connection to the server now
     */
    Connection connect(String database) throws SQLException {
        try {
            return connector.open(database, makeRoom);
        } catch (SQLException failure) {
            if (DatabaseRefusedException.isRefusal(failure)) {
                throw DatabaseRefusedException.of(failure);
            }
            throw failure instanceof SQLTransientConnectionException
                    ? failure
                    : new DatabaseUnreachableException(database, failure);
        }
    }
}
