package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.snapshot.SqlText;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the catalogs of memberships, settings, shared comments and user mappings, as a transaction sees them. Neither
 * locks nor row versions show which rows the transaction has deleted there, or which user mapping it has changed.
 *
 * @param catalogs the catalogs that the transaction may have written; only their rows are read
 * @param rows by their identity
 * @param snapshot the moment of reading; empty if no rows were read
 * @param earlier the rows at an earlier moment, which do not count if they are the same; null if there are none
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
     * @param name of the object that it describes
     * @param content differs after each change
     * @param isOld whether the row existed at the moment of the snapshot; null for a user mapping, since this is unknown
     */
    record Row(String name, String content, @Nullable Boolean isOld) {
        private boolean isLike(@Nullable Row other) {
            return other != null && content.equals(other.content);
        }
    }

    private static final String ROWS = SqlText.of(SharedRows.class, "shared-rows.sql");

    /** Catalogs that may have been written. A catalog that only an earlier transaction wrote may be among them; reading it finds nothing. */
    private static final String WRITTEN = """
            SELECT pg_current_snapshot()::text, coalesce(array_agg(c.oid), '{}')::text
            FROM pg_class c
            WHERE c.oid IN ('pg_auth_members'::regclass, 'pg_db_role_setting'::regclass, 'pg_shdescription'::regclass,
                            'pg_user_mapping'::regclass)
              AND pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid)
                  + pg_stat_get_xact_tuples_deleted(c.oid) > 0
            """;

    /** Reads the rows, within the transaction. */
    static SharedRows of(Connection connection) throws SQLException {
        SharedRows written =
                Sql.one(connection, WRITTEN, row -> new SharedRows(row.getString(2), Map.of(), row.getString(1), null));
        return written.catalogs.equals(NONE.catalogs)
                ? NONE
                : new SharedRows(
                        written.catalogs, read(connection, written.snapshot, written.catalogs), written.snapshot, null);
    }

    private static Map<String, Row> read(Connection connection, String snapshot, String catalogs) throws SQLException {
        Map<String, Row> rows = new HashMap<>();
        Sql.forEach(
                connection,
                ROWS,
                row -> rows.put(
                        row.getString("key"),
                        new Row(row.getString("name"), row.getString("content"), row.getObject("old", Boolean.class))),
                snapshot,
                catalogs);
        return rows;
    }

    /** The same rows, of which only those count that differ from an earlier moment. */
    SharedRows without(SharedRows before) {
        return new SharedRows(catalogs, rows, snapshot, before);
    }

    /** The names of deleted rows and changed user mappings. To be called after the rollback. */
    Set<String> changed(Connection connection) throws SQLException {
        if (catalogs.equals(NONE.catalogs)) {
            return Set.of();
        }
        Map<String, Row> now = read(connection, snapshot, catalogs);
        Set<String> changed = new HashSet<>();
        now.forEach((key, row) -> {
            @Nullable Row then = rows.get(key);
            // Rows that other sessions have made since then, or have deleted, do not count.
            boolean differs = row.isOld() == null ? then != null && !row.isLike(then) : row.isOld() && then == null;
            if (differs && (earlier == null || !earlier.hasSame(key, then))) {
                changed.add(row.name());
            }
        });
        return changed;
    }

    /** Whether the row was the same at this moment; null stands for a missing row. */
    private boolean hasSame(String key, @Nullable Row row) {
        String catalog = key.substring(0, key.indexOf(' '));
        boolean isRead = List.of(catalogs.substring(1, catalogs.length() - 1).split(",", -1))
                .contains(catalog);
        return row == null ? isRead && !rows.containsKey(key) : row.isLike(rows.get(key));
    }
}
