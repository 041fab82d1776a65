package io.tenantry.worker.scenario;

import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** Roles that the server asks for their password; others it may let in without. */
public final class PasswordLogin {
    private static final String GROUP = "asked_for_password";

    private PasswordLogin() {}

    /** Creates a role with a password, without any privilege. */
    public static void create(PostgresServer server, String role, String password) {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            if (!first(statement, "SELECT pg_read_file(current_setting('hba_file'))")
                    .contains(GROUP)) {
                statement.execute("CREATE ROLE " + GROUP);
                askForPasswords(statement);
            }
            statement.execute("CREATE ROLE " + statement.enquoteIdentifier(role, true) + " LOGIN IN ROLE " + GROUP
                    + " PASSWORD " + statement.enquoteLiteral(password));
            Await.until(
                    Duration.ofSeconds(30),
                    "the server asks " + role + " for a password",
                    () -> refuses(server.jdbcUrl("postgres"), role, "not " + password));
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A line of its own before all others of the server's pg_hba.conf. */
    private static void askForPasswords(Statement statement) throws SQLException {
        String line = "host all +" + GROUP + " all scram-sha-256";
        String file = first(
                statement,
                "SELECT lo_from_bytea(0, convert_to('" + line
                        + "' || chr(10) || pg_read_file(current_setting('hba_file')), 'UTF8'))");
        first(statement, "SELECT lo_export(" + file + ", current_setting('hba_file'))");
        first(statement, "SELECT lo_unlink(" + file + ")");
        first(statement, "SELECT pg_reload_conf()");
    }

    private static boolean refuses(String url, String role, String password) {
        try (Connection connection = DriverManager.getConnection(url, role, password)) {
            return connection.isClosed();
        } catch (SQLException refused) {
            return "28P01".equals(refused.getSQLState());
        }
    }

    private static String first(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }
}
