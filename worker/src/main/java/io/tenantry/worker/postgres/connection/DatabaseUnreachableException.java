package io.tenantry.worker.postgres.connection;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/** No session with this database could be opened. Only another session can show whether the server is available. */
public final class DatabaseUnreachableException extends SQLTransientConnectionException {
    private static final long serialVersionUID = 1L;

    DatabaseUnreachableException(String database, SQLException cause) {
        super("cannot connect to database " + database + ": " + cause.getMessage(), cause.getSQLState(), cause);
    }
}
