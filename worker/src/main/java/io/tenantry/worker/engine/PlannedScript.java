package io.tenantry.worker.engine;

import io.tenantry.worker.engine.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.TenantHome;
import org.jspecify.annotations.Nullable;

/**
 * A migration that PostgreSQL can be given as one text.
 *
 * @param sql the statements that Flyway finds in the script, in which names of the scratch home stand for those of a
 *     tenant's
 * @param names what stands for what
 */
record PlannedScript(Migration migration, String sql, Names names) {
    /** The names of the home on which the script was recorded. */
    record Names(String tenant, String schema) {}

    /** Whether the text is the same for all homes. */
    boolean isSameForAll() {
        return !sql.contains(names.tenant) && !sql.contains(names.schema);
    }

    /** Whether the names of this home read like those it was recorded with: they must not begin a comment, say. */
    boolean suits(TenantHome home) {
        @Nullable String tenant = home.tenant();
        return isSameForAll()
                || (tenant != null && !tenant.contains("--") && !home.schema().contains("--"));
    }

    /** The text for this home. */
    String sqlFor(TenantHome home) {
        return isSameForAll()
                ? sql
                : sql.replace(names.schema, home.schema()).replace(names.tenant, String.valueOf(home.tenant()));
    }
}
