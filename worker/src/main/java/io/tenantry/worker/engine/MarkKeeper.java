package io.tenantry.worker.engine;

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
 * Puts a home's mark back where a script has set another comment, in the transaction of the script: the home would be
 * nobody's.
 */
final class MarkKeeper implements Callback {
    private final Connection connection;
    private final TenantHome home;

    /**
     * @param connection on which Flyway runs the scripts
     * @param home is marked, unless it is shared
     */
    MarkKeeper(Connection connection, TenantHome home) {
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
        try (Statement statement = connection.createStatement()) {
            boolean marked;
            try (ResultSet row = statement.executeQuery("SELECT " + home.markQuery())) {
                marked = row.next() && home.isMarkedBy(row.getString(1));
            }
            if (!marked) {
                statement.execute("RESET ROLE; " + home.markSql());
            }
        } catch (SQLException failure) {
            throw new FlywayException("the mark of " + home + " could not be put back", failure);
        }
    }

    @Override
    public String getCallbackName() {
        return "mark keeper";
    }
}
