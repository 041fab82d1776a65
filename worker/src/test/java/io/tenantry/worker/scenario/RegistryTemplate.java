package io.tenantry.worker.scenario;

import io.tenantry.worker.config.RegistrySettings;
import io.tenantry.worker.config.Secret;
import io.tenantry.worker.registry.Registry;
import io.tenantry.worker.stack.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** A database with the registry's tables. Copying it takes far less time than creating the tables in each test. */
public final class RegistryTemplate {
    private static final String NAME = "registry_template";

    private RegistryTemplate() {}

    /** Creates a registry as the first worker of a group leaves it. */
    public static void copyTo(PostgresServer server, String database) throws SQLException {
        createIfMissing(server);
        server.copyDatabase(NAME, database);
    }

    private static synchronized void createIfMissing(PostgresServer server) throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            try (ResultSet found = statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + NAME + "'")) {
                if (found.next()) {
                    return;
                }
            }
            String draft = NAME + "_draft";
            statement.execute("DROP DATABASE IF EXISTS " + draft + " WITH (FORCE)");
            statement.execute("CREATE DATABASE " + draft);
            migrate(server, draft);
            statement.execute("ALTER DATABASE " + draft + " RENAME TO " + NAME);
        }
    }

    private static void migrate(PostgresServer server, String database) throws SQLException {
        new WorkerRoles().grantRegistry(server, database);
        RegistrySettings settings = new RegistrySettings(
                server.jdbcUrl(database),
                WorkerRoles.REGISTRY,
                new Secret(WorkerRoles.PASSWORD),
                1,
                Duration.ofDays(1));
        try (Registry registry = new Registry(settings, "template")) {
            registry.migrate();
        }
    }
}
