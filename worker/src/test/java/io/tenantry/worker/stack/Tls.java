package io.tenantry.worker.stack;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** Has a PostgreSQL server offer TLS. */
public final class Tls {
    private Tls() {}

    /** Returns when a connection with TLS was accepted; those without it are accepted too. */
    public static void turnOn(PostgresServer postgres, Certificate certificate) throws SQLException {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            write(statement, "server.key", certificate.key());
            write(statement, "server.crt", certificate.pem());
            statement.execute("ALTER SYSTEM SET ssl = on");
            statement.execute("SELECT pg_reload_conf()");
        }
        Await.until(Duration.ofSeconds(30), "the server speaks TLS", () -> {
            String url = postgres.jdbcUrl("postgres") + "?sslmode=require";
            try (Connection tls = DriverManager.getConnection(url, postgres.user(), postgres.password())) {
                return tls.isValid(5);
            }
        });
    }

    /** Where the server looks for it, as a file that only the server can read. */
    private static void write(Statement statement, String file, String lines) throws SQLException {
        statement.execute("COPY (SELECT regexp_split_to_table('" + lines.strip()
                + "', E'\\n')) TO PROGRAM 'umask 077; cat > " + file + "'");
    }
}
