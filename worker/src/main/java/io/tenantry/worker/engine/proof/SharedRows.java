package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.snapshot.SqlText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the catalogs of memberships, settings, shared comments and user mappings, as a transaction sees them. Neither
 * locks nor row versions show what the transaction has deleted there, or which user mapping it has changed.
 *
 * @param catalogs those that the transaction may have written; only their rows are here
 * @param rows by their identity
 * @param snapshot the moment of the look; empty if no rows were read
 * @param earlier what was the same at an earlier moment counts for nothing; null if there is none
 */
record SharedRows(
        String catalogs,
        Map<String, Row> rows,
        String snapshot,
        @Nullable SharedRows earlier) {
    static final SharedRows NONE = new SharedRows("{}", Map.of(), "", null);

    /**
     * A row.
     *
     * @param name of what it is about
     * @param content differs after each change
     * @param isOld whether it was there at the moment of the snapshot; null for a user mapping, of which nothing tells
     */
    record Row(String name, String content, @Nullable Boolean isOld) {
        private boolean isLike(@Nullable Row other) {
            return other != null && content.equals(other.content);
        }
    }

    private static final String ROWS = SqlText.of(SharedRows.class, "shared-rows.sql");

    /** Statistics of earlier transactions may be among the numbers: such a catalog is read without need. */
    private static final String WRITTEN = """
            SELECT pg_current_snapshot()::text, coalesce(array_agg(c.oid), '{}')::text
            FROM pg_class c
            WHERE c.oid IN ('pg_auth_members'::regclass, 'pg_db_role_setting'::regclass, 'pg_shdescription'::regclass,
                            'pg_user_mapping'::regclass)
              AND pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid)
                  + pg_stat_get_xact_tuples_deleted(c.oid) > 0
            """;

    /** Looks, within the transaction. */
    static SharedRows of(Connection connection) throws SQLException {
        String snapshot;
        String catalogs;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(WRITTEN)) {
            row.next();
            snapshot = row.getString(1);
            catalogs = row.getString(2);
        }
        return catalogs.equals(NONE.catalogs)
                ? NONE
                : new SharedRows(catalogs, read(connection, snapshot, catalogs), snapshot, null);
    }

    private static Map<String, Row> read(Connection connection, String snapshot, String catalogs) throws SQLException {
        Map<String, Row> rows = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement(ROWS)) {
            query.setString(1, snapshot);
            query.setString(2, catalogs);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    rows.put(
                            row.getString("key"),
                            new Row(
                                    row.getString("name"),
                                    row.getString("content"),
                                    row.getObject("old", Boolean.class)));
                }
            }
        }
        return rows;
    }

    /** What is here, and was not the same there. */
    SharedRows without(SharedRows before) {
        return new SharedRows(catalogs, rows, snapshot, before);
    }

    /** The names of what the transaction has deleted, and of user mappings that it has changed; after it was rolled back. */
    Set<String> changed(Connection connection) throws SQLException {
        if (catalogs.equals(NONE.catalogs)) {
            return Set.of();
        }
        Map<String, Row> now = read(connection, snapshot, catalogs);
        Set<String> changed = new HashSet<>();
        now.forEach((key, row) -> {
            @Nullable Row then = rows.get(key);
            // What others have made since then was never here, and what others have dropped is not in question.
            boolean differs = row.isOld() == null ? then != null && !row.isLike(then) : row.isOld() && then == null;
            if (differs && (earlier == null || !earlier.hasSame(key, then))) {
                changed.add(row.name());
            }
        });
        return changed;
    }

    /** Whether a row was the same at this moment, or was missing as well. */
    private boolean hasSame(String key, @Nullable Row row) {
        String catalog = key.substring(0, key.indexOf(' '));
        boolean isRead = List.of(catalogs.substring(1, catalogs.length() - 1).split(",", -1))
                .contains(catalog);
        return row == null ? isRead && !rows.containsKey(key) : row.isLike(rows.get(key));
    }
}
