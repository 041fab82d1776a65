package io.tenantry.worker.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/** Runs work on a connection in a transaction: all of it or nothing is committed. */
public final class Transaction {
    private Transaction() {}

    /** The work; it neither commits nor rolls back. */
    public interface Work<T> {
        T run() throws SQLException;
    }

    /**
     * Commits what the work did, or rolls it back and throws what it threw: the rollback of a broken connection fails
     * too, and must not hide why it is broken.
     */
    public static <T> T run(Connection connection, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            T result = work.run();
            connection.commit();
            connection.setAutoCommit(true);
            return result;
        } catch (SQLException | RuntimeException failure) {
            rollBack(connection, failure);
            throw failure;
        }
    }

    /** Ends the transaction that a failure has left open, if there is one; never throws. */
    public static void rollBack(Connection connection, Exception failure) {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException broken) {
            failure.addSuppressed(broken);
        }
    }
}
