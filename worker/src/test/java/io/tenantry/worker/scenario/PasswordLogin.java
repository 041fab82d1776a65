package io.tenantry.worker.scenario;

import io.tenantry.worker.stack.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Roles that the server asks for their password; others it may let in without. */
public final class PasswordLogin {
    private static final String GROUP = "asked_for_password";

    private PasswordLogin() {}

    /** Creates a role with a password, without any privilege. */
    public static void create(PostgresServer server, String role, String password) {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            if (isEmpty(statement, "SELECT FROM pg_roles WHERE rolname = '" + GROUP + "'")) {
                statement.execute("CREATE ROLE " + GROUP);
                askForPasswords(statement);
            }
            statement.execute("CREATE ROLE " + statement.enquoteIdentifier(role, true) + " LOGIN IN ROLE " + GROUP
                    + " PASSWORD " + statement.enquoteLiteral(password));
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A line of its own before all others of the server's pg_hba.conf. */
    private static void askForPasswords(Statement statement) throws SQLException {
        String line = "host all +" + GROUP + " all scram-sha-256";
        statement.execute("SELECT lo_export(lo_from_bytea(0, convert_to('" + line
                + "' || chr(10) || pg_read_file(current_setting('hba_file')), 'UTF8')), current_setting('hba_file'))");
        statement.execute("SELECT pg_reload_conf()");
    }

    private static boolean isEmpty(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return !rows.next();
        }
    }
}
