package io.tenantry.worker.engine;

import io.tenantry.worker.engine.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.LockedHome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/** What a home's history table says was applied: the truth about its version. */
final class History {
    /** The name that Flyway gives it, so that any Flyway can read it. */
    static final String TABLE = "flyway_schema_history";

    private record Row(
            @Nullable MigrationVersion version,
            String script,
            @Nullable Integer checksum,
            boolean success) {}

    private final List<Row> rows;

    private History(List<Row> rows) {
        this.rows = rows;
    }

    /** Reads the history; an absent table is an empty history. */
    static History of(LockedHome home) throws SQLException {
        Connection connection = home.connection();
        String schema = home.home().schema();
        List<Row> rows = new ArrayList<>();
        if (!exists(connection, schema)) {
            return new History(rows);
        }
        String sql = "SELECT version, script, checksum, success FROM " + Identifiers.quote(schema) + "." + TABLE
                + " ORDER BY installed_rank";
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                @Nullable String version = row.getString(1);
                rows.add(new Row(
                        version == null ? null : MigrationVersion.fromVersion(version),
                        row.getString(2),
                        row.getObject(3, Integer.class),
                        row.getBoolean(4)));
            }
        }
        return new History(rows);
    }

    private static boolean exists(Connection connection, String schema) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
            query.setString(1, Identifiers.quote(schema) + "." + TABLE);
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** The highest version that was applied; empty if none was. */
    Optional<MigrationVersion> current() {
        return rows.stream()
                .filter(Row::success)
                .map(Row::version)
                .filter(Objects::nonNull)
                .max(MigrationVersion::compareTo);
    }

    /** The versions that were applied above the given one (null: all), in the order in which they were applied. */
    List<String> versionsAfter(@Nullable String from) {
        MigrationVersion floor = from == null ? MigrationVersion.EMPTY : MigrationVersion.fromVersion(from);
        return rows.stream()
                .filter(Row::success)
                .map(Row::version)
                .filter(version -> version != null && version.compareTo(floor) > 0)
                .map(MigrationVersion::getVersion)
                .toList();
    }

    /**
     * Whether it is, row for row, what this catalog leaves behind up to the target, so that Flyway would find nothing to
     * do and nothing to complain of.
     */
    boolean isExactly(MigrationCatalog catalog, MigrationVersion target) {
        List<Migration> expected = catalog.migrations().stream()
                .filter(migration ->
                        migration.version() != null && migration.version().compareTo(target) <= 0)
                .toList();
        if (!catalog.onlyPlainVersioned() || rows.size() != expected.size()) {
            return false;
        }
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            Migration migration = expected.get(i);
            if (!row.success()
                    || !Objects.equals(row.version(), migration.version())
                    || !Objects.equals(row.checksum(), migration.checksum())) {
                return false;
            }
        }
        return true;
    }
}
