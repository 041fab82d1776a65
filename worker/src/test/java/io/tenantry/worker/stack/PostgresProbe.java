package io.tenantry.worker.stack;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.function.BooleanSupplier;

/**
 * Finds out when a PostgreSQL server answers. It asks in {@code template1}: the first session in a database writes down what
 * a session needs to know of the catalogs, and so each database that is copied from there has it.
 */
final class PostgresProbe {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String ANSWER_SECONDS = "2";

    private PostgresProbe() {}

    /** Returns when a connection was accepted, or as soon as the server is no longer alive. */
    static void awaitAnswer(PostgresServer server, BooleanSupplier alive) {
        Await.until(
                DEADLINE,
                "PostgreSQL at port " + server.port() + " answers",
                () -> !alive.getAsBoolean() || answers(server));
    }

    private static boolean answers(PostgresServer server) throws SQLException {
        Properties client = new Properties();
        client.setProperty("user", server.user());
        client.setProperty("password", server.password());
        client.setProperty("connectTimeout", ANSWER_SECONDS);
        client.setProperty("loginTimeout", ANSWER_SECONDS);
        client.setProperty("socketTimeout", ANSWER_SECONDS);
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl("template1"), client)) {
            return connection.isValid(0);
        }
    }
}
