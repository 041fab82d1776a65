package io.tenantry.worker.engine.flyway;

import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;

/**
 * Lets every script of a Flyway run begin with the timeouts of the first one, with the same session role, and without
 * the temporary tables of earlier scripts. What callbacks have prepared for the first script stays for all; if that
 * includes temporary tables, those of scripts stay too. Flyway itself restores role and search_path; other settings
 * last to the next script. In a locked home each script begins with the home's lock, because an earlier one may have
 * released it ({@code pg_advisory_unlock_all}). For one run of Flyway.
 */
public final class ScriptIsolation implements Callback {
    /** Returns statements that restore those of these settings that the server has. */
    private static final String RESTORE = """
            SELECT 'RESET SESSION AUTHORIZATION; ' || CASE
                WHEN EXISTS (SELECT FROM pg_class WHERE relnamespace = pg_my_temp_schema()) THEN '' ELSE 'DISCARD TEMP; ' END
                || 'SELECT ' || string_agg(format('set_config(%L, %L, false)', name, current_setting(name)), ', ')
            FROM unnest(ARRAY['lock_timeout', 'statement_timeout', 'transaction_timeout', 'idle_session_timeout',
                'idle_in_transaction_session_timeout', 'client_connection_check_interval', 'tcp_user_timeout']) name
            WHERE current_setting(name, true) IS NOT NULL
            """;

    private final ReceiveLimit limit;
    private final String lock;
    private boolean lockLost;
    private @Nullable String restore;

    /**
     * For a database without a lock.
     *
     * @param limit called when a script begins
     */
    public ScriptIsolation(ReceiveLimit limit) {
        this(limit, "true");
    }

    /**
     * For a locked home. A lock of the transaction keeps other workers out if a script releases the session's locks
     * within its transaction.
     */
    public ScriptIsolation(ReceiveLimit limit, TenantHome home) {
        this(
                limit,
                "pg_try_advisory_lock(" + home.lockKey() + ") AND pg_try_advisory_xact_lock(" + home.lockKey() + ")");
    }

    private ScriptIsolation(ReceiveLimit limit, String lock) {
        this.limit = limit;
        this.lock = lock;
    }

    /** Whether Flyway was stopped because a script had released the home's lock, and another session has it. */
    boolean hasLostLock() {
        return lockLost;
    }

    /** Statements that restore the timeouts as they are now, and drop temporary tables if there are none now. */
    static String restore(Connection connection) throws SQLException {
        return Sql.one(connection, RESTORE, row -> row.getString(1));
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
        // Flyway keeps all results of an SQL script until its end. A migration in Java may read any amount, in parts.
        boolean isSql = context.getMigrationInfo().getType().name().startsWith("SQL");
        limit.next(context.getMigrationInfo().getScript(), isSql);
        Connection connection = context.getConnection();
        try {
            if (restore == null) {
                restore = restore(connection);
            } else {
                Sql.execute(connection, restore);
            }
            lockLost = !Sql.<Boolean>one(connection, "SELECT " + lock, row -> row.getBoolean(1));
        } catch (SQLException failure) {
            throw new FlywayException("the settings of earlier scripts could not be restored", failure);
        }
        if (lockLost) {
            throw new FlywayException("another session has the lock of the home");
        }
    }

    @Override
    public String getCallbackName() {
        return "script-isolation";
    }
}
