package io.tenantry.worker.engine;

import io.tenantry.worker.postgres.ReceiveLimit;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;

/**
 * Lets every script that Flyway runs begin with the timeouts with which its run began, as the same role of the session and
 * without the temporary tables of the scripts before. Flyway itself restores role and search_path; other settings last to the
 * next script.
 */
final class EachScript implements Callback {
    /** Those that the server knows, as statements that set them again. */
    private static final String RESTORE = """
            SELECT 'SELECT ' || string_agg(format('set_config(%L, %L, false)', name, current_setting(name)), ', ')
            FROM unnest(ARRAY['lock_timeout', 'statement_timeout', 'transaction_timeout', 'idle_session_timeout',
                'idle_in_transaction_session_timeout', 'client_connection_check_interval', 'tcp_user_timeout']) name
            WHERE current_setting(name, true) IS NOT NULL
            """;

    private final String restore;
    private final ReceiveLimit limit;

    /**
     * Ends what the scripts before have left.
     *
     * @param restore statements, as {@link #restore} makes them
     * @param limit told of each script that begins
     */
    EachScript(String restore, ReceiveLimit limit) {
        this.restore = restore;
        this.limit = limit;
    }

    /** Statements that set the timeouts as they are now, before a run of Flyway, and end temporary tables. */
    static String restore(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(RESTORE)) {
            row.next();
            return "RESET SESSION AUTHORIZATION; DISCARD TEMP; " + row.getString(1);
        }
    }

    @Override
    public boolean supports(Event event, @Nullable Context context) {
        return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, @Nullable Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        // Flyway keeps all results of a script in SQL until its end; one in Java may read as much as it likes, bit by
        // bit.
        boolean isSql = context.getMigrationInfo().getType().name().startsWith("SQL");
        limit.next(context.getMigrationInfo().getScript(), isSql);
        try (Statement statement = context.getConnection().createStatement()) {
            statement.execute(restore);
        } catch (SQLException failure) {
            throw new FlywayException("what the scripts before have set could not be undone", failure);
        }
    }

    @Override
    public String getCallbackName() {
        return "each-script";
    }
}
