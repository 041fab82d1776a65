package io.tenantry.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenantry.worker.stack.DevStack;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SqlIT {
    private static final String NUMBERS = "SELECT n, nullif(n, 2) FROM generate_series(1, 3) n";

    private Connection connection;

    @BeforeEach
    void connect() throws SQLException {
        connection = DevStack.shared().postgres().connect("postgres");
        Sql.execute(connection, "CREATE TEMPORARY TABLE item (id int, name text); INSERT INTO item VALUES (1, 'a')");
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    @Test
    void returnsRowsInTheirOrder() throws SQLException {
        assertThat(Sql.query(connection, NUMBERS, row -> row.getString(1) + row.getString(2)))
                .containsExactly("11", "2null", "33");
        assertThat(Sql.query(connection, NUMBERS + " WHERE n > ?", row -> row.getInt(1), 1))
                .containsExactly(2, 3);
    }

    @Test
    void returnsTheFirstRowIfThereIsOne() throws SQLException {
        assertThat(Sql.first(connection, NUMBERS, row -> row.getInt(1))).contains(1);
        assertThat(Sql.first(connection, NUMBERS + " WHERE n > ?", row -> row.getInt(1), 3))
                .isEmpty();
    }

    @Test
    void failsIfARowIsMissing() throws SQLException {
        assertThat(Sql.<Integer>one(connection, NUMBERS, row -> row.getInt(1))).isEqualTo(1);
        assertThatThrownBy(() -> Sql.one(connection, NUMBERS + " WHERE n > ?", row -> row.getInt(1), 3))
                .isInstanceOf(SQLException.class)
                .hasMessage("the query has returned no row: " + NUMBERS + " WHERE n > ?");
    }

    @Test
    void takesParametersOfAllKinds() throws SQLException {
        int rows = Sql.update(
                connection,
                "INSERT INTO item SELECT id + ?, coalesce(?, name) FROM unnest(?::int[], ?::text[]) AS new (id, name)",
                10L,
                null,
                connection.createArrayOf("int4", new Object[] {1, 2}),
                connection.createArrayOf("text", new Object[] {"b", null}));

        assertThat(rows).isEqualTo(2);
        assertThat(Sql.query(
                        connection, "SELECT id, name FROM item ORDER BY id", row -> row.getInt(1) + row.getString(2)))
                .containsExactly("1a", "11b", "12null");
    }

    @Test
    void leavesTheTransactionOpen() throws SQLException {
        connection.setAutoCommit(false);
        Sql.update(connection, "UPDATE item SET name = ?", "b");
        Sql.execute(connection, "UPDATE item SET id = 2");
        connection.rollback();

        assertThat(Sql.query(connection, "SELECT id, name FROM item", row -> row.getInt(1) + row.getString(2)))
                .containsExactly("1a");
    }

    @Test
    void returnsTheRowsOfTheLastStatement() throws SQLException {
        String first = "SELECT 7; UPDATE item SET name = 'b'; ";

        assertThat(Sql.queryLast(connection, first + NUMBERS, row -> row.getInt(1)))
                .containsExactly(1, 2, 3);
        assertThat(Sql.queryLast(connection, first + NUMBERS + " WHERE n > 3", row -> row.getInt(1)))
                .isEmpty();
        assertThatThrownBy(() -> Sql.queryLast(connection, NUMBERS + "; DELETE FROM item", row -> row.getInt(1)))
                .isInstanceOf(SQLException.class)
                .hasMessage("the last statement has returned no rows");
    }

    @Test
    void updatesOnceForEachListOfParameters() throws SQLException {
        Sql.updateEach(connection, "INSERT INTO item VALUES (?, ?)", List.of(List.of(2, "b"), List.of(3, "c")));

        assertThat(Sql.query(connection, "SELECT name FROM item ORDER BY id", row -> row.getString(1)))
                .containsExactly("a", "b", "c");
    }
}
