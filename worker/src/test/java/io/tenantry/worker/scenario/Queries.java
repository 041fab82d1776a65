package io.tenantry.worker.scenario;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Queries of a test on one database. The connection stays open from one to the next, since a test that waits asks many
 * times; it is opened again after it broke. For any thread: a query beside another one has a connection of its own.
 */
final class Queries implements AutoCloseable {
    private static final int ANSWER_SECONDS = 2;

    /** Where the connections come from. */
    @FunctionalInterface
    interface Opening {
        Connection open() throws SQLException;
    }

    private final Opening opening;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Connection kept;

    Queries(Opening opening) {
        this.opening = opening;
    }

    /** The first column of all rows. */
    List<String> firstColumn(String sql) throws SQLException {
        if (!lock.tryLock()) {
            try (Connection own = opening.open()) {
                return firstColumn(own, sql);
            }
        }
        try {
            Connection current = kept;
            if (current != null) {
                try {
                    return firstColumn(current, sql);
                } catch (SQLException failure) {
                    if (current.isValid(ANSWER_SECONDS)) {
                        throw failure;
                    }
                    close();
                }
            }
            Connection opened = opening.open();
            kept = opened;
            return firstColumn(opened, sql);
        } finally {
            lock.unlock();
        }
    }

    static List<String> firstColumn(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> column = new ArrayList<>();
            while (rows.next()) {
                column.add(String.valueOf(rows.getString(1)));
            }
            return column;
        }
    }

    /** Ends the connection, so that the next query sees new settings of the database; not while another thread asks. */
    @Override
    public void close() throws SQLException {
        if (lock.tryLock()) {
            try {
                if (kept != null) {
                    kept.close();
                    kept = null;
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
