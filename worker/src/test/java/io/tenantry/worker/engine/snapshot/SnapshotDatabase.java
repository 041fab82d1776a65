package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.stack.DevStack;
import io.tenantry.worker.stack.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/** A database of its own for snapshots of schemas, and the superuser's connection to it. */
final class SnapshotDatabase implements AutoCloseable {
    /** What the scripts rely on, and what no schema holds. Roles are the server's, and tests run side by side. */
    private static final String SURROUNDINGS = """
            DO $$ BEGIN CREATE ROLE snapshot_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$;
            DO $$ BEGIN CREATE ROLE snapshot_writer; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$;
            CREATE EXTENSION postgres_fdw;
            CREATE SERVER snapshot_server FOREIGN DATA WRAPPER postgres_fdw;
            CREATE SERVER snapshot_server_2 FOREIGN DATA WRAPPER postgres_fdw;
            CREATE ACCESS METHOD snapshot_method TYPE TABLE HANDLER heap_tableam_handler;
            CREATE PUBLICATION snapshot_publication;
            """;

    private final String name;
    private final Connection connection;

    private SnapshotDatabase(String name, Connection connection) {
        this.name = name;
        this.connection = connection;
    }

    static SnapshotDatabase create() throws SQLException {
        String name = "snapshot_" + UUID.randomUUID().toString().replace("-", "");
        DevStack.shared().postgres().createDatabase(name);
        SnapshotDatabase database =
                new SnapshotDatabase(name, DevStack.shared().postgres().connect(name));
        database.execute(SURROUNDINGS);
        return database;
    }

    /** A text of the tests' resources. */
    static String text(String resource) {
        try (InputStream text = SnapshotDatabase.class.getResourceAsStream("/snapshot/" + resource)) {
            if (text == null) {
                throw new IllegalArgumentException("no resource /snapshot/" + resource);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    Connection connection() {
        return connection;
    }

    /** Another connection of the superuser. */
    Connection connect() throws SQLException {
        return DevStack.shared().postgres().connect(name);
    }

    /** The same, with parameters of the driver such as {@code ?preferQueryMode=simple}. */
    Connection connect(String parameters) throws SQLException {
        PostgresServer server = DevStack.shared().postgres();
        return DriverManager.getConnection(server.jdbcUrl(name) + parameters, server.user(), server.password());
    }

    /** Creates the schema, and runs the scripts in it; {@code ${schema}} is its name in quotes or out. */
    void schema(String schema, String... scripts) throws SQLException {
        execute("CREATE SCHEMA " + Identifiers.quote(schema));
        in(schema, scripts);
    }

    /** Runs the scripts with this schema as their search_path. */
    void in(String schema, String... scripts) throws SQLException {
        execute("SET search_path = " + Identifiers.quote(schema));
        for (String script : scripts) {
            execute(script.replace("${schema}", schema));
        }
        execute("RESET search_path");
    }

    void drop(String schema) throws SQLException {
        execute("DROP SCHEMA IF EXISTS " + Identifiers.quote(schema) + " CASCADE");
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first value of the answer. */
    String value(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    int majorVersion() throws SQLException {
        return connection.getMetaData().getDatabaseMajorVersion();
    }

    CatalogSnapshot catalog(String schema) throws SQLException {
        return CatalogSnapshot.of(connection, schema);
    }

    DataSnapshot data(String schema) throws SQLException {
        return DataSnapshot.of(connection, schema);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        try (Connection others = DevStack.shared().postgres().connect("postgres");
                Statement statement = others.createStatement()) {
            statement.execute("DROP DATABASE " + Identifiers.quote(name) + " WITH (FORCE)");
        }
    }
}
