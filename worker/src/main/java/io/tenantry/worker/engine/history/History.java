package io.tenantry.worker.engine.history;

import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/** The rows of a home's history table. They define the version of the home. */
public final class History {
    /** The name that Flyway gives it, so that any Flyway can read it. */
    public static final String TABLE = FlywayEngine.HISTORY_TABLE;

    private final List<HistoryRow> rows;
    private final List<HistoryRow> counting;
    /** Null until it is asked for; two threads make the same one. */
    private @Nullable String digest;

    public History(List<HistoryRow> rows) {
        this.rows = List.copyOf(rows);
        this.counting = DeletedRows.without(this.rows);
    }

    /**
     * The history that {@code flyway baseline} leaves.
     *
     * @param version up to which the home has everything
     */
    public static History baseline(String version) {
        return new History(List.of(HistoryRow.baseline(MigrationVersion.fromVersion(version))));
    }

    /** Reads the history; an absent table is an empty history. */
    public static History of(LockedHome home) throws SQLException {
        return of(home.connection(), home.home().schema());
    }

    /** The same. */
    public static History of(Connection connection, String schema) throws SQLException {
        if (!exists(connection, schema)) {
            return new History(List.of());
        }
        String sql = "SELECT " + HistoryRow.COLUMNS + " FROM " + table(schema) + " ORDER BY installed_rank";
        return new History(Sql.query(connection, sql, row -> HistoryRow.read(row, 1)));
    }

    /** The table's name in SQL. */
    public static String table(String schema) {
        return Identifiers.quote(schema) + ".\"" + TABLE + "\"";
    }

    private static boolean exists(Connection connection, String schema) throws SQLException {
        return Sql.one(connection, "SELECT to_regclass(?) IS NOT NULL", row -> row.getBoolean(1), table(schema));
    }

    /** The highest version that was applied; empty if none was. */
    public Optional<MigrationVersion> current() {
        return counting.stream()
                .filter(row -> row.success() && !row.type().equals(DeletedRows.DELETE))
                .map(HistoryRow::version)
                .filter(Objects::nonNull)
                .max(MigrationVersion::compareTo);
    }

    /**
     * Whether {@code flyway baseline} alone says at which version the home is: Flyway has applied no script with a version there,
     * so nobody has seen that it has what that version has.
     */
    public boolean isBaselineAlone() {
        List<HistoryRow> versioned =
                rows.stream().filter(row -> row.version() != null).toList();
        return !versioned.isEmpty() && versioned.stream().allMatch(HistoryRow::isBaseline);
    }

    /** How results call it; null if none was applied. */
    public @Nullable String version() {
        return current().map(MigrationVersion::getVersion).orElse(null);
    }

    /** The rank of the last row that is no failure; 0 if there is none. */
    public int lastRank() {
        return rows.stream()
                .filter(HistoryRow::success)
                .mapToInt(HistoryRow::rank)
                .max()
                .orElse(0);
    }

    /** The versions that were applied after the row of this rank, in the order in which they were applied. */
    List<String> versionsAfter(int rank) {
        return counting.stream()
                .filter(row -> row.success() && row.rank() > rank)
                .map(HistoryRow::version)
                .filter(Objects::nonNull)
                .map(MigrationVersion::getVersion)
                .toList();
    }

    /** How many scripts, repeatable ones included, were applied after the row of this rank. */
    public int scriptsAfter(int rank) {
        return (int) counting.stream()
                .filter(row -> row.success() && row.rank() > rank)
                .count();
    }

    /** The same without the failed rows of these scripts. */
    public History withoutFailures(Set<String> scripts) {
        return new History(rows.stream()
                .filter(row -> row.success() || !scripts.contains(row.script()))
                .toList());
    }

    /** The same with the row of a migration that was applied after all others. */
    public History with(Migration migration) {
        List<HistoryRow> more = new ArrayList<>(rows);
        more.add(HistoryRow.of(nextRank(), migration));
        return new History(more);
    }

    /** The rank of the next row. */
    public int nextRank() {
        return rows.isEmpty() ? 1 : rows.get(rows.size() - 1).rank() + 1;
    }

    /** The digests of all rows, in order, with line breaks between; empty if there is no row. */
    public String digest() {
        String known = digest;
        if (known == null) {
            known = rows.stream().map(HistoryRow::digest).collect(Collectors.joining("\n"));
            digest = known;
        }
        return known;
    }

    /** In the order in which they were applied. */
    public List<HistoryRow> rows() {
        return rows;
    }

    /**
     * The same without the scripts that {@code flyway repair} has marked as deleted, and without the rows that say so: what
     * Flyway takes for applied.
     */
    List<HistoryRow> counting() {
        return counting;
    }
}
