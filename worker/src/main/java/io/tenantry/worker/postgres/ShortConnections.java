package io.tenantry.worker.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connections to any database of a server, each opened for one piece of work and closed after it: a pool for each
 * tenant's database would hold connections for thousands of them. Safe for use by many threads.
 */
final class ShortConnections {
    private final ConnectionPool.Target target;

    ShortConnections(ConnectionPool.Target target) {
        this.target = target;
    }

    /**
     * Waits up to 5 s. All that the server's URL says goes for it, but for the name of the database.
     *
     * @throws DatabaseRefusedException if it is this database that cannot be connected to, not the server
     */
    Connection connect(String database) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(target.url());
        source.setDatabaseName(database);
        source.setUser(target.user());
        source.setPassword(target.password().reveal());
        for (var property : ConnectionPool.properties(target).entrySet()) {
            source.setProperty(property.getKey(), property.getValue());
        }
        try {
            return source.getConnection();
        } catch (SQLException failure) {
            if (DatabaseRefusedException.isRefusal(failure)) {
                throw DatabaseRefusedException.of(failure);
            }
            // As the pool says it.
            throw new SQLTransientConnectionException(failure.getMessage(), failure.getSQLState(), failure);
        }
    }
}
