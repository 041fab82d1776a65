package io.tenantry.worker.engine;

import java.sql.Statement;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;

/** A migration in Java, in the midst of scripts. */
public final class V5_1__Rename extends BaseJavaMigration {
    @Override
    public void migrate(Context context) throws Exception {
        try (Statement statement = context.getConnection().createStatement()) {
            statement.execute("UPDATE item SET name = name || ' in Java'");
        }
    }
}
