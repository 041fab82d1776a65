package io.tenantry.worker.engine.proof;

import java.sql.Statement;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;

/** A migration in Java that does several things; the file beside it acknowledges the first. */
public final class V2__DropName extends BaseJavaMigration {
    @Override
    public void migrate(Context context) throws Exception {
        try (Statement statement = context.getConnection().createStatement()) {
            statement.execute("ALTER TABLE item DROP name, ADD kind text DEFAULT 'a', ALTER id TYPE bigint");
            statement.execute("DROP INDEX item_idx");
        }
    }
}
