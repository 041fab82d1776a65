package io.tenantry.worker.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs one SQL text in one round trip, and closes what it has opened. A transaction that is open on the connection stays
 * open. A parameter may be null, and its type is that of the Java object; an {@link java.sql.Array} must belong to the
 * same connection.
 */
public final class Sql {
    private Sql() {}

    /** Makes a value of the current row. */
    public interface RowMapper<T> {
        /** The row is current: the mapper does not move on. */
        T map(ResultSet row) throws SQLException;
    }

    /** Takes the current row. */
    public interface RowReader {
        /** The row is current: the reader does not move on. */
        void read(ResultSet row) throws SQLException;
    }

    /** All rows, in their order. */
    public static <T> List<T> query(
            Connection connection, String sql, RowMapper<T> mapper, @Nullable Object... parameters)
            throws SQLException {
        List<T> rows = new ArrayList<>();
        forEach(connection, sql, row -> rows.add(mapper.map(row)), parameters);
        return rows;
    }

    /** The first row; empty if there is none. */
    public static <T> Optional<T> first(
            Connection connection, String sql, RowMapper<T> mapper, @Nullable Object... parameters)
            throws SQLException {
        List<T> rows = query(connection, sql, mapper, parameters);
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(0));
    }

    /** The row of a query that always has one. */
    public static <T> T one(Connection connection, String sql, RowMapper<T> mapper, @Nullable Object... parameters)
            throws SQLException {
        List<T> rows = query(connection, sql, mapper, parameters);
        if (rows.isEmpty()) {
            throw new SQLException("the query has returned no row: " + sql);
        }
        return rows.get(0);
    }

    /** Passes each row on. */
    public static void forEach(Connection connection, String sql, RowReader reader, @Nullable Object... parameters)
            throws SQLException {
        if (parameters.length == 0) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                readAll(row, reader);
            }
        } else {
            try (PreparedStatement statement = prepare(connection, sql, parameters);
                    ResultSet row = statement.executeQuery()) {
                readAll(row, reader);
            }
        }
    }

    /**
     * Runs several statements with semicolons between, of which the last one must return rows.
     *
     * @return all rows of the last statement, in their order; the results before are passed over
     */
    public static <T> List<T> queryLast(Connection connection, String sql, RowMapper<T> mapper) throws SQLException {
        List<T> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            try (ResultSet row = lastResult(statement)) {
                readAll(row, current -> rows.add(mapper.map(current)));
            }
        }
        return rows;
    }

    private static ResultSet lastResult(Statement statement) throws SQLException {
        while (true) {
            ResultSet rows = statement.getResultSet();
            boolean more = statement.getMoreResults(Statement.KEEP_CURRENT_RESULT);
            if (!more && statement.getUpdateCount() == -1) {
                if (rows == null) {
                    throw new SQLException("the last statement has returned no rows");
                }
                return rows;
            }
            if (rows != null) {
                rows.close();
            }
        }
    }

    /** Runs a statement, or several with semicolons between. Their results are not read. */
    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * Runs an INSERT, UPDATE or DELETE.
     *
     * @return the number of rows
     */
    public static int update(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    /** Runs an INSERT, UPDATE or DELETE once for each of these lists of parameters, together in one round trip. */
    public static void updateEach(Connection connection, String sql, List<List<Object>> parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (List<Object> row : parameters) {
                bind(statement, row.toArray());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, @Nullable Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            bind(statement, parameters);
            return statement;
        } catch (SQLException failure) {
            statement.close();
            throw failure;
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }

    private static void readAll(ResultSet row, RowReader reader) throws SQLException {
        while (row.next()) {
            reader.read(row);
        }
    }
}
