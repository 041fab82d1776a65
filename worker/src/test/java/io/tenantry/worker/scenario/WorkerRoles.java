package io.tenantry.worker.scenario;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.stack.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The roles of a deployment's workers, with the rights that the scripts in {@code ops/security} grant, and no others. A
 * server has them once, for all deployments.
 */
final class WorkerRoles {
    static final String REGISTRY = "tenantry";
    static final String PASSWORD = "tenantry";

    private static final Path SCRIPTS = Path.of("..", "ops", "security");
    /** As in the scripts. */
    private static final String WORKER = "app";
    /** In its place for isolation database, so that the others work without CREATEDB. */
    private static final String CREATOR = "app_with_createdb";

    private final Set<String> granted = new HashSet<>();

    /** Creates one more role for workers. */
    static void create(PostgresServer server, String role) {
        execute(server, "postgres", "CREATE ROLE " + role + " LOGIN PASSWORD '" + PASSWORD + "'");
    }

    /** The role for databases of these isolations. */
    static String worker(Set<Isolation> isolations) {
        return isolations.contains(Isolation.DATABASE) ? CREATOR : WORKER;
    }

    /** Grants what a registry in this database needs; nothing if it was granted. A copied registry has its schema. */
    void grantRegistry(PostgresServer server, String database) {
        if (granted.add("registry")) {
            String sql = script("registry.sql")
                    .replace("DATABASE tenantry", "DATABASE " + database)
                    .replace("CREATE SCHEMA ", "CREATE SCHEMA IF NOT EXISTS ");
            execute(server, database, sql);
        }
    }

    /** Grants what a worker needs at this server for databases of these isolations; nothing if it was granted. */
    void grantWorker(PostgresServer server, String database, String role, Set<Isolation> isolations) {
        StringBuilder sql = new StringBuilder();
        if (!isolations.equals(Set.of(Isolation.DATABASE))) {
            sql.append(script("server.sql"));
        }
        if (isolations.contains(Isolation.DATABASE)) {
            sql.append(script("databases.sql"));
        }
        String grants = sql.toString()
                .replace("DATABASE app", "DATABASE " + database)
                .replace("TO " + WORKER + ";", "TO " + role + ";")
                .replace("ROLE " + WORKER + " ", "ROLE " + role + " ");
        if (granted.add(server.port() + grants)) {
            execute(server, database, grants);
        }
    }

    /** Creates the role {@code application}, once for a server. */
    static void createApplication(PostgresServer server, String database) {
        execute(server, database, script("application.sql").replace("DATABASE app", "DATABASE " + database));
    }

    /** One at a time: two cannot change a role at once. */
    private static synchronized void execute(PostgresServer server, String database, String sql) {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            createMissing(statement);
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void createMissing(Statement statement) throws SQLException {
        String registry = "SELECT FROM pg_roles WHERE rolname = '" + REGISTRY + "'";
        if (!statement.executeQuery(registry).next()) {
            statement.execute(script("roles.sql") + "CREATE ROLE " + CREATOR + " LOGIN");
            for (String role : List.of(REGISTRY, WORKER, CREATOR)) {
                statement.execute("ALTER ROLE " + role + " PASSWORD '" + PASSWORD + "'");
            }
        }
    }

    private static String script(String name) {
        try {
            return Files.readString(SCRIPTS.resolve(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
