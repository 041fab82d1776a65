package io.tenantry.worker.engine;

import java.sql.Statement;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;

/** A migration in Java that leaves settings and a temporary table in its session. */
public final class V2_1__Settings extends BaseJavaMigration {
    @Override
    public void migrate(Context context) throws Exception {
        try (Statement statement = context.getConnection().createStatement()) {
            statement.execute(ScriptSessionIT.LEAVES);
            statement.execute("SET app.tenant = 'java'");
        }
    }
}
