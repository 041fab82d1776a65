package io.tenantry.worker.engine.proof;

import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one key from each table outside the home that a foreign key of sample rows refers to. Such a table may be large
 * and in use, so it is read once, with a short timeout. For use by one thread.
 */
final class ReferencedKeys {
    private static final Duration LONGEST = Duration.ofSeconds(1);
    /** As many keys as sample rows of a table. */
    private static final int KEYS = 2;

    private final ScratchSession session;
    private final Map<String, List<String>> known = new HashMap<>();

    ReferencedKeys(ScratchSession session) {
        this.session = session;
    }

    /**
     * A query that returns the keys as constants. It returns no rows if there are no keys, or if they cannot be read in
     * time. To be called in a transaction.
     *
     * @param query reads all keys, in the order of an index
     * @param type of the column
     */
    String valuesOf(String query, String type) throws SQLException {
        List<String> values = known.get(query);
        if (values == null) {
            values = ask(
                    "SELECT value::text FROM (" + query + " LIMIT " + KEYS + ") keys(value) WHERE value IS NOT NULL");
            known.put(query, values);
        }
        if (values.isEmpty()) {
            return "SELECT NULL::" + type + " WHERE false";
        }
        List<String> rows = new ArrayList<>();
        for (String value : values) {
            rows.add("(" + Identifiers.literal(value) + "::" + type + ")");
        }
        return "SELECT value FROM (VALUES " + String.join(", ", rows) + ") keys(value)";
    }

    private List<String> ask(String query) throws SQLException {
        session.execute("SAVEPOINT keys");
        session.execute("SET LOCAL statement_timeout = " + LONGEST.toMillis());
        try {
            return Sql.query(session.connection(), query, row -> row.getString(1));
        } catch (SQLException failure) {
            // This role may not read the table, or reading takes too long: no sample row refers to it.
            return List.of();
        } finally {
            // Releases the lock, and resets the timeout.
            session.execute("ROLLBACK TO SAVEPOINT keys; RELEASE SAVEPOINT keys");
        }
    }
}
