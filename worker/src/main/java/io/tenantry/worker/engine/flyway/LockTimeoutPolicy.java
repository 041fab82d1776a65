package io.tenantry.worker.engine.flyway;

import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;

/**
 * Removes the lock timeout for statements outside a transaction that block no session while they wait. All other statements
 * keep it. If a script sets lock_timeout itself, nothing is changed. For one run of one script.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY">CREATE INDEX
 *     CONCURRENTLY</a>
 */
final class LockTimeoutPolicy implements Callback {
    private @Nullable String atBeginning;
    private boolean unlimited;

    @Override
    public boolean supports(Event event, @Nullable Context context) {
        return event == Event.BEFORE_EACH_MIGRATE_STATEMENT || event == Event.AFTER_EACH_MIGRATE_STATEMENT;
    }

    @Override
    public boolean canHandleInTransaction(Event event, @Nullable Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        try {
            if (event == Event.AFTER_EACH_MIGRATE_STATEMENT) {
                limit(context.getConnection());
            } else {
                begin(context.getConnection(), context.getStatement().getSql());
            }
        } catch (SQLException failure) {
            throw new FlywayException("lock_timeout could not be set", failure);
        }
    }

    private void begin(Connection connection, String sql) throws SQLException {
        String now = lockTimeout(connection);
        String usual = atBeginning == null ? now : atBeginning;
        atBeginning = usual;
        if (now.equals(usual) && NonTransactionalScript.blocksNobody(sql)) {
            set(connection, "0");
            unlimited = true;
        }
    }

    private void limit(Connection connection) throws SQLException {
        if (unlimited && atBeginning != null) {
            set(connection, atBeginning);
            unlimited = false;
        }
    }

    /** By a statement that takes no snapshot: a script's SET TRANSACTION may come next. */
    private static String lockTimeout(Connection connection) throws SQLException {
        return Sql.one(connection, "SHOW lock_timeout", row -> row.getString(1));
    }

    private static void set(Connection connection, String lockTimeout) throws SQLException {
        Sql.execute(connection, "SET lock_timeout = '" + lockTimeout + "'");
    }

    @Override
    public String getCallbackName() {
        return "lock-timeout-policy";
    }
}
