package io.tenantry.worker.registry;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Rows as parameters of a statement: one array for each column, for {@code unnest}. */
final class Columns<T> {
    private final Connection connection;
    private final Collection<T> rows;
    private final List<Object> arrays = new ArrayList<>();

    Columns(Connection connection, Collection<T> rows) {
        this.connection = connection;
        this.rows = rows;
    }

    /** @param type of the elements, as PostgreSQL calls it */
    Columns<T> add(String type, Function<T, @Nullable Object> value) throws SQLException {
        arrays.add(connection.createArrayOf(type, rows.stream().map(value).toArray()));
        return this;
    }

    /** In the order in which the columns were added. */
    Object[] parameters() {
        return arrays.toArray();
    }
}
