package io.tenantry.worker.engine;

import io.tenantry.worker.postgres.LastResult;
import io.tenantry.worker.postgres.ReceiveLimit;
import io.tenantry.worker.postgres.TenantHome;
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
 * without the temporary tables of the scripts before; and with the lock of its home, which a script can give back
 * ({@code pg_advisory_unlock_all}). Flyway itself restores role and search_path; other settings last to the
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
    private final String lock;
    private boolean lockLost;

    /**
     * Ends what the scripts before have left.
     *
     * @param restore statements, as {@link #restore} makes them
     * @param limit told of each script that begins
     */
    EachScript(String restore, ReceiveLimit limit) {
        this(restore, limit, "true");
    }

    /**
     * The same for a home that is locked. A lock of the transaction keeps others out where a script gives back those of the
     * session in its transaction.
     */
    EachScript(String restore, ReceiveLimit limit, TenantHome home) {
        this(
                restore,
                limit,
                "pg_try_advisory_lock(" + home.lockKey() + ") AND pg_try_advisory_xact_lock(" + home.lockKey() + ")");
    }

    private EachScript(String restore, ReceiveLimit limit, String lock) {
        this.restore = restore;
        this.limit = limit;
        this.lock = lock;
    }

    /** Whether Flyway ended because a script had given back the lock of the home, and somebody else has it. */
    boolean hasLostLock() {
        return lockLost;
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
            statement.execute(restore + "; SELECT " + lock);
            try (ResultSet locked = LastResult.of(statement)) {
                lockLost = !locked.next() || !locked.getBoolean(1);
            }
        } catch (SQLException failure) {
            throw new FlywayException("what the scripts before have set could not be undone", failure);
        }
        if (lockLost) {
            throw new FlywayException("another session has the lock of the home");
        }
    }

    @Override
    public String getCallbackName() {
        return "each-script";
    }
}
