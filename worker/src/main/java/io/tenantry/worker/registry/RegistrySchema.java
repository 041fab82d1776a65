package io.tenantry.worker.registry;

import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.ConnectionPool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The registry's own tables, brought up to date at every start. */
final class RegistrySchema {
    private static final String SCHEMA = "tenantry";
    private static final String HISTORY = SCHEMA + ".flyway_schema_history";
    /**
     * No release had a script V2: two branches chose their numbers at the same time, and 2 was never used. Do not fill the
     * gap: Flyway does not apply a version below one that a registry has.
     */
    private static final List<String> SCRIPTS = List.of(
            "V1__tenants_and_ledger.sql",
            "V3__leases.sql",
            "V4__shared_databases_and_templates.sql",
            "V5__observed_at.sql",
            "V6__identity_with_type.sql",
            "V7__renewals.sql",
            "V8__observed_before.sql",
            "V9__rollouts.sql",
            "V10__members_that_want_little.sql",
            "V11__drift.sql",
            "V12__placement.sql",
            "V13__tries_of_a_placement.sql",
            "V14__number_of_a_placement.sql",
            "V15__sight_of_a_look.sql");
    /** Any fixed number: the lock for creating the schema. */
    private static final long LOCK = 0x74656e616e747279L;

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private RegistrySchema() {}

    /**
     * Creates and migrates the tables. If several processes call this at once, they do it one after another.
     *
     * @param patience for another process, and for sessions that keep a lock on a table to be changed
     */
    static void migrate(ConnectionPool pool, Duration patience) throws SQLException {
        // Flyway would create the schema outside its lock, and waits for its lock in steps of a second.
        Connection connection = pool.connection();
        try (connection) {
            Sql.execute(connection, "SET lock_timeout = " + patience.toMillis());
            lock(connection, patience);
            createIfMissing(connection);
            Map<String, String> scripts = scripts();
            if (!isUpToDate(connection, scripts)) {
                FlywayEngine.migrateOwn(connection, SCHEMA, scripts);
            }
        } finally {
            // The lock and Flyway's settings end with the session.
            pool.evict(connection);
        }
    }

    /** Why the tables are not those of this release or a newer one; empty if they are. */
    static Optional<String> whyOutdated(Connection connection) throws SQLException {
        int wanted = version(SCRIPTS.get(SCRIPTS.size() - 1));
        if (!hasHistory(connection)) {
            return Optional.of("its database has no tables of Tenantry (schema " + SCHEMA + ")");
        }
        int found = Sql.one(
                connection,
                "SELECT coalesce(max(version::int), 0) FROM " + HISTORY + " WHERE success",
                row -> row.getInt(1));
        return found >= wanted
                ? Optional.empty()
                : Optional.of("its tables are those of an older release (version " + found + " of " + wanted + ")");
    }

    /** With IF NOT EXISTS, PostgreSQL would want the right to create schemas even if this one exists. */
    private static void createIfMissing(Connection connection) throws SQLException {
        String exists = "SELECT to_regnamespace('" + SCHEMA + "') IS NOT NULL";
        if (!Sql.one(connection, exists, row -> row.getBoolean(1))) {
            Sql.execute(connection, "CREATE SCHEMA " + SCHEMA);
        }
    }

    /** Whether the history has these scripts, and nothing else: Flyway would look at much more, and do nothing. */
    private static boolean isUpToDate(Connection connection, Map<String, String> scripts) throws SQLException {
        if (!hasHistory(connection)) {
            return false;
        }
        List<String> applied = Sql.query(
                connection,
                "SELECT script || ' ' || version || ' ' || checksum || ' ' || success FROM " + HISTORY
                        + " ORDER BY installed_rank",
                row -> String.valueOf(row.getString(1)));
        return applied.equals(scripts.entrySet().stream()
                .map(script -> script.getKey() + " " + version(script.getKey()) + " "
                        + FlywayEngine.checksum(script.getValue()) + " true")
                .toList());
    }

    private static boolean hasHistory(Connection connection) throws SQLException {
        return Sql.one(connection, "SELECT to_regclass('" + HISTORY + "') IS NOT NULL", row -> row.getBoolean(1));
    }

    private static int version(String script) {
        return Integer.parseInt(script.substring(1, script.indexOf("__")));
    }

    private static void lock(Connection connection, Duration patience) throws SQLException {
        try {
            Sql.execute(connection, "SELECT pg_advisory_lock(" + LOCK + ")");
        } catch (SQLException failure) {
            if (!LOCK_NOT_AVAILABLE.equals(failure.getSQLState())) {
                throw failure;
            }
            throw new SQLException(
                    "its tables are being created or upgraded by another process, sessions " + holders(connection)
                            + ", for longer than " + patience.toSeconds()
                            + " s; start this worker again when that one is done, or end its session if it hangs",
                    LOCK_NOT_AVAILABLE);
        }
    }

    /** As in pg_stat_activity. */
    private static String holders(Connection connection) throws SQLException {
        return String.join(
                ", ",
                Sql.query(
                        connection,
                        "SELECT pid::text FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT"
                                + " oid FROM pg_database WHERE datname = current_database()) AND (classid::bigint << 32)"
                                + " + objid::bigint = " + LOCK,
                        row -> row.getString(1)));
    }

    private static Map<String, String> scripts() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String script : SCRIPTS) {
            try (InputStream text = RegistrySchema.class.getResourceAsStream(script)) {
                if (text == null) {
                    throw new IllegalStateException("the jar lacks " + script);
                }
                texts.put(script, new String(text.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException broken) {
                throw new IllegalStateException("the jar's " + script + " cannot be read", broken);
            }
        }
        return texts;
    }
}
