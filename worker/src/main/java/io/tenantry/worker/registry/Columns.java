package io.tenantry.worker.registry;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Binds rows to a statement, one column of all rows at a time, as an array for {@code unnest}. */
final class Columns<T> {
    private final PreparedStatement statement;
    private final Collection<T> rows;
    private int index;

    Columns(PreparedStatement statement, Collection<T> rows) {
        this.statement = statement;
        this.rows = rows;
    }

    /** @param type of the elements, as PostgreSQL calls it */
    void add(String type, Function<T, @Nullable Object> value) throws SQLException {
        Object[] values = rows.stream().map(value).toArray();
        statement.setArray(++index, statement.getConnection().createArrayOf(type, values));
    }
}
