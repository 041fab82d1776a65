package io.tenantry.worker.engine.plan;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.home.TenantHome;
import org.jspecify.annotations.Nullable;

/**
 * The statement of a plan that writes a script's row into the history, after the script.
 *
 * @param migration the script
 */
record HistoryInsert(TenantHome home, Migration migration) {
    /** No boolean, so that a statement fails: a script has removed the mark. */
    private static final String UNMARKED = "tenantry:unmarked";

    /** In milliseconds, for the column execution_time. */
    private static final String SINCE_TRANSACTION =
            "(extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.now()) * 1000)::integer";

    private static final String NOW = "(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint";
    /**
     * The setting with the time of the last row, in milliseconds since 1970. Adding up the times in the table would take
     * ten times as long. The setting ends with the transaction; its name stays known to the session, as an empty text, which
     * only a script that asks for this very name sees.
     */
    private static final String LAST_ROW = "tenantry.last_row";
    /** In milliseconds; 0 if a script has reset all settings. */
    private static final String SINCE_LAST_ROW = "(" + NOW + " - coalesce(nullif(pg_catalog.current_setting('"
            + LAST_ROW + "', true), '')::bigint, " + NOW + "))::integer";
    /** Always true. */
    private static final String REMEMBER_TIME =
            "pg_catalog.set_config('" + LAST_ROW + "', " + NOW + "::text, true) IS NOT NULL";

    /**
     * The position of a row in its transaction.
     *
     * @param first whether the transaction began with its script
     * @param last whether the mark is checked here, for all scripts of the transaction
     */
    record Row(boolean first, boolean last) {
        static final Row ONLY = new Row(true, true);
    }

    String sql(int rank, Row row) {
        return "INSERT INTO " + History.table(home.schema())
                + " (\"installed_rank\", \"version\", \"description\", \"type\", \"script\", \"checksum\","
                + " \"installed_by\", \"execution_time\", \"success\") VALUES (" + rank + ", "
                + literal(migration.version()) + ", " + Identifiers.literal(migration.description()) + ", "
                + Identifiers.literal(migration.type()) + ", " + Identifiers.literal(migration.script()) + ", "
                + migration.checksum() + ", current_user, " + (row.first() ? SINCE_TRANSACTION : SINCE_LAST_ROW) + ", "
                + (row.last() ? isStillMarked() : REMEMBER_TIME) + ");\n";
    }

    /** True, or an error if a script has set the comment: then Flyway runs the scripts, and the mark is restored. */
    private String isStillMarked() {
        return "(CASE WHEN " + home.markQuery() + " IS DISTINCT FROM " + Identifiers.literal(home.mark()) + " THEN '"
                + UNMARKED + "' ELSE 'true' END)::boolean";
    }

    private static String literal(@Nullable Object text) {
        return text == null ? "NULL" : Identifiers.literal(text.toString());
    }
}
