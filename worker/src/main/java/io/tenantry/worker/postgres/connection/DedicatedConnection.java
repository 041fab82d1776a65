package io.tenantry.worker.postgres.connection;

import io.tenantry.worker.postgres.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a PostgreSQL database for work that no other work may delay. It is opened for the first transaction,
 * and again for the next one after a failure. For use by one thread; {@link #close} may be called by any thread.
 */
public final class DedicatedConnection implements AutoCloseable {
    private final Connector connector;
    private final Duration longestAnswer;
    private final ReentrantLock inUse = new ReentrantLock();
    private volatile boolean closed;
    private volatile @Nullable Connection connection;

    /** What is done in a transaction. */
    public interface Work<T> {
        /** Neither commits nor rolls back. */
        T run(Connection connection) throws SQLException;
    }

    /**
     * Opens no connection yet.
     *
     * @param longestAnswer for connecting, and for each answer of the server; a longer wait is a failure
     */
    public DedicatedConnection(ConnectionPool.Target target, Duration longestAnswer) {
        this.connector =
                new Connector(target.url(), target.user(), target.password(), target::applicationName, longestAnswer);
        this.longestAnswer = longestAnswer;
    }

    /**
     * Commits what the work did, or nothing of it.
     *
     * @throws SQLException if the work failed, or the server did not answer in time; the connection is closed then,
     *     because it may hang, and a late answer must not be taken for the answer to another statement
     */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        inUse.lock();
        try {
            Connection current = open();
            return Transaction.run(current, () -> work.run(current));
        } catch (SQLException | RuntimeException | Error failure) {
            drop();
            throw failure;
        } finally {
            inUse.unlock();
        }
    }

    private Connection open() throws SQLException {
        Connection current = connection;
        if (current == null && !closed) {
            current = connector.getConnection();
            connection = current;
            current.setNetworkTimeout(Runnable::run, Math.toIntExact(longestAnswer.toMillis()));
        }
        if (current == null || closed) {
            throw new SQLException("the connection is closed, because its user ends");
        }
        return current;
    }

    /** Closes without the usual last message, for which a hanging server would have to be waited for. */
    private void drop() {
        Connection broken = connection;
        connection = null;
        if (broken != null) {
            try {
                broken.abort(Runnable::run);
            } catch (SQLException gone) {
                // It is closed anyway.
            }
        }
    }

    /** Closes it for good, also in the middle of a transaction; may be called again. */
    @Override
    public void close() {
        closed = true;
        if (!inUse.tryLock()) {
            drop();
            return;
        }
        try {
            Connection idle = connection;
            connection = null;
            if (idle != null) {
                idle.close();
            }
        } catch (SQLException gone) {
            // It is closed anyway.
        } finally {
            inUse.unlock();
        }
    }
}
