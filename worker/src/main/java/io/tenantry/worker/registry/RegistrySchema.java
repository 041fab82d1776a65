package io.tenantry.worker.registry;

import io.tenantry.worker.engine.FlywayEngine;
import io.tenantry.worker.postgres.ConnectionPool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The registry's own tables, brought up to date at every start. */
final class RegistrySchema {
    private static final String SCHEMA = "tenantry";
    private static final List<String> SCRIPTS = List.of(
            "V1__tenants_and_ledger.sql",
            "V3__leases.sql",
            "V4__shared_databases_and_templates.sql",
            "V5__observed_at.sql");
    /** Any fixed number: who creates the schema. */
    private static final long LOCK = 0x74656e616e747279L;

    private RegistrySchema() {}

    /** Creates and migrates the tables; several processes may do so at once, one after the other does. */
    static void migrate(ConnectionPool pool) throws SQLException {
        // Flyway would create the schema outside its lock, and waits for its lock in steps of a second.
        Connection connection = pool.connection();
        try (connection;
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + LOCK + "); CREATE SCHEMA IF NOT EXISTS " + SCHEMA);
            FlywayEngine.migrateOwn(connection, SCHEMA, scripts());
        } finally {
            // The lock and Flyway's settings end with the session.
            pool.evict(connection);
        }
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
