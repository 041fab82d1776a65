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
 * @param leavesSettings whether it may leave in its session what cannot be reset there
 */
record PlannedScript(Migration migration, String sql, Names names, boolean leavesSettings) {
    /** The names of the home on which the script was recorded. */
    record Names(String tenant, String schema, String server) {
        /** The text with the names of another home. */
        String replace(String text, TenantHome home) {
            return text.replace(schema, home.schema()).replace(tenant, String.valueOf(home.tenant()));
        }
    }

    /** The same for a migration whose checksum depends on the home. */
    PlannedScript with(Migration ofHome) {
        return new PlannedScript(ofHome, sql, names, leavesSettings);
    }

    /** Whether the text is the same for all homes. */
    boolean isSameForAll() {
        return !sql.contains(names.tenant) && !sql.contains(names.schema);
    }

    /**
     * Whether it was tried out where this home is, and the names of this home read like those it was recorded with: they
     * must not begin a comment, say.
     */
    boolean suits(TenantHome home) {
        @Nullable String tenant = home.tenant();
        return home.server().equals(names.server)
                && (isSameForAll()
                        || (tenant != null
                                && !tenant.contains("--")
                                && !home.schema().contains("--")));
    }

    /** The text for this home. */
    String sqlFor(TenantHome home) {
        return isSameForAll() ? sql : names.replace(sql, home);
    }
}
