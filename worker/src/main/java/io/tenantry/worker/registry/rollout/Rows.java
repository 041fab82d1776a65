package io.tenantry.worker.registry.rollout;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Reads columns of a row. */
final class Rows {
    private Rows() {}

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** Of a column with seconds that is not null. */
    static Duration duration(ResultSet row, String column) throws SQLException {
        return Duration.ofMillis(Math.round(row.getDouble(column) * 1000));
    }

    /** Of a column with seconds. */
    static @Nullable Duration durationIfAny(ResultSet row, String column) throws SQLException {
        @Nullable Object value = row.getObject(column);
        return value == null ? null : duration(row, column);
    }
}
