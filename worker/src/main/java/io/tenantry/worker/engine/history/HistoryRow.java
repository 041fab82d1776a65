package io.tenantry.worker.engine.history;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.util.Objects;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/** One row of a home's history table, with the columns that Flyway compares. */
public record HistoryRow(
        int rank,
        @Nullable MigrationVersion version,
        String description,
        String type,
        String script,
        @Nullable Integer checksum,
        boolean success) {
    /** What {@link #read} reads. */
    static final String COLUMNS =
            "\"installed_rank\", \"version\", \"description\", \"type\", \"script\", \"checksum\", \"success\"";

    /** How Flyway calls the row that {@code flyway baseline} leaves. Types of scripts end so. */
    static final String BASELINE = "BASELINE";

    /** SQLSTATE {@code invalid_parameter_value}: a further try does not help. */
    private static final String NO_VALUE = "22023";

    /** What {@link #digest} is, in SQL. */
    public static final String DIGEST =
            "pg_catalog.concat_ws('|', \"installed_rank\", \"version\", \"description\", \"type\", \"checksum\", \"success\")";

    /** @param column where {@link #COLUMNS} begin */
    static HistoryRow read(ResultSet row, int column) throws SQLException {
        @Nullable String version = row.getString(column + 1);
        int number = row.getInt(column + 5);
        @Nullable Integer checksum = row.wasNull() ? null : number;
        return new HistoryRow(
                Integer.parseInt(text(row, column)),
                version == null ? null : version(version),
                text(row, column + 2),
                text(row, column + 3),
                text(row, column + 4),
                checksum,
                row.getBoolean(column + 6));
    }

    /** Flyway's own table lets none be null; one that was restored by hand may. */
    private static String text(ResultSet row, int column) throws SQLException {
        @Nullable String text = row.getString(column);
        if (text == null) {
            throw new SQLDataException(
                    "a row of table " + History.TABLE + " must be corrected: its "
                            + row.getMetaData().getColumnLabel(column) + " is null",
                    NO_VALUE);
        }
        return text;
    }

    private static MigrationVersion version(String text) throws SQLException {
        try {
            return MigrationVersion.fromVersion(text);
        } catch (FlywayException noVersion) {
            throw new SQLDataException("a row of table " + History.TABLE + " must be corrected", NO_VALUE, noVersion);
        }
    }

    /** The row that a migration leaves. */
    public static HistoryRow of(int rank, Migration migration) {
        return new HistoryRow(
                rank,
                migration.version(),
                migration.description(),
                migration.type(),
                migration.script(),
                migration.checksum(),
                true);
    }

    /**
     * The row that {@code flyway baseline} leaves: the home had everything up to this version before its history began.
     *
     * @see <a href="https://documentation.red-gate.com/fd/baseline-277578954.html">Flyway: baseline</a>
     */
    static HistoryRow baseline(MigrationVersion version) {
        String text = "<< Flyway Baseline >>";
        return new HistoryRow(1, version, text, BASELINE, text, null, true);
    }

    /** Whether it stands for all migrations up to its version, of which none left a row. */
    boolean isBaseline() {
        return success && type.equals(BASELINE) && version != null;
    }

    /** Whether this row says of the migration what Flyway would validate. */
    boolean isOf(Migration migration) {
        return success
                && Objects.equals(version, migration.version())
                && type.equals(migration.type())
                && description.equals(migration.description())
                && Objects.equals(checksum, migration.checksum());
    }

    /** All that makes it this row, but for times and names of files. */
    public String digest() {
        StringBuilder text = new StringBuilder().append(rank);
        if (version != null) {
            text.append('|').append(version);
        }
        text.append('|').append(description).append('|').append(type);
        if (checksum != null) {
            text.append('|').append(checksum);
        }
        return text.append('|').append(success ? 't' : 'f').toString();
    }
}
