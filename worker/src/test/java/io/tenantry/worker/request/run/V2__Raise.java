package io.tenantry.worker.request.run;

import java.sql.Statement;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;

/** Fails with the SQLSTATE that it finds in the tenant's data. */
public final class V2__Raise extends BaseJavaMigration {
    @Override
    public void migrate(Context context) throws Exception {
        try (Statement statement = context.getConnection().createStatement()) {
            statement.execute(AnySqlStateIT.RAISE);
        }
    }
}
