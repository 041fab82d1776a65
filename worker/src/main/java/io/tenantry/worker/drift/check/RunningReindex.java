package io.tenantry.worker.drift.check;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.postgres.IndexBuilds;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The second indexes that a REINDEX CONCURRENTLY has beside those that it makes again, minutes to hours on a large table. They
 * are no drift while it runs. If it fails they stay, and are.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY">REINDEX</a>
 */
final class RunningReindex {
    private static final Pattern SECOND =
            Pattern.compile("(?:in schema .*: )?index .*_cc(?:new|old)\\d*\"?", Pattern.DOTALL);

    /** The name of the second one begins with the name of the first, cut where it would become too long. */
    private static final String SECONDS =
            "SELECT CASE n.nspname WHEN ? THEN '' ELSE concat('in schema ', quote_ident(n.nspname), ': ') END || 'index ' ||"
                    + " quote_ident(c.relname) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN"
                    + " pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE i.indrelid IN (" + IndexBuilds.TABLES
                    + ") AND NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' AND EXISTS (SELECT FROM pg_catalog.pg_index f"
                    + " JOIN pg_catalog.pg_class o ON o.oid = f.indexrelid WHERE f.indrelid = i.indrelid AND f.indexrelid <>"
                    + " i.indexrelid AND starts_with(o.relname, regexp_replace(c.relname, '_cc(new|old)[0-9]*$', '')))";

    private RunningReindex() {}

    /** The snapshot of a home, which was just read, without the second indexes of tables whose indexes are being made again. */
    static CatalogSnapshot leftOut(Connection connection, String schema, CatalogSnapshot snapshot) throws SQLException {
        if (snapshot.entries().keySet().stream()
                .noneMatch(label -> SECOND.matcher(label).matches())) {
            return snapshot;
        }
        Set<String> seconds = new HashSet<>(Sql.query(connection, SECONDS, row -> row.getString(1), schema));
        SortedMap<String, CatalogSnapshot.Entry> entries = new TreeMap<>();
        for (Map.Entry<String, CatalogSnapshot.Entry> one : snapshot.entries().entrySet()) {
            if (!seconds.contains(one.getKey())
                    && !seconds.contains(one.getValue().partOf())) {
                entries.put(one.getKey(), one.getValue());
            }
        }
        return new CatalogSnapshot(entries);
    }
}
