package io.tenantry.worker.engine.flyway;

import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;

/**
 * Restores the mark of a home after a script has set another comment; without its mark the home would belong to no
 * tenant. After a migration, this happens in the migration's transaction. {@link #keep} does it after the run, for
 * callbacks and for scripts outside a transaction that failed later.
 */
public final class MarkRestorer implements Callback {
    private final Connection connection;
    private final TenantHome home;

    /**
     * For the scripts of one run.
     *
     * @param connection on which Flyway runs the scripts
     * @param home its mark is restored, unless it is shared
     */
    public MarkRestorer(Connection connection, TenantHome home) {
        this.connection = connection;
        this.home = home;
    }

    @Override
    public boolean supports(Event event, @Nullable Context context) {
        return event == Event.AFTER_EACH_MIGRATE && home.needsMark();
    }

    @Override
    public boolean canHandleInTransaction(Event event, @Nullable Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        try {
            keep();
        } catch (SQLException failure) {
            throw new FlywayException("the mark of " + home + " could not be put back", failure);
        }
    }

    /** Restores the mark if it is missing. Works in the current transaction, if there is one. */
    public void keep() throws SQLException {
        if (!home.needsMark()) {
            return;
        }
        boolean marked = Sql.one(connection, "SELECT " + home.markQuery(), row -> home.isMarkedBy(row.getString(1)));
        if (!marked) {
            Sql.execute(connection, "RESET SESSION AUTHORIZATION; RESET ROLE; " + home.markSql());
        }
    }

    @Override
    public String getCallbackName() {
        // Flyway sorts by this: it comes after a callback in a file.
        return "~mark-restorer";
    }
}
