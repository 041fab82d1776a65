package io.tenantry.worker.engine.plan;

import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HistoryRow;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.home.TenantHome;
import org.jspecify.annotations.Nullable;

/**
 * Gives a home that another tool has made the history that its tables stand for. From then on Flyway, and plans, treat it as
 * one that they have made.
 */
public final class HistoryStamp {
    private static final String COLUMNS = " (\"installed_rank\", \"version\", \"description\", \"type\", \"script\","
            + " \"checksum\", \"installed_by\", \"execution_time\", \"success\") VALUES (";

    private HistoryStamp() {}

    /**
     * Statements that make the history table and its rows. They fail if there is such a table, and belong in one transaction
     * with the look that justifies them.
     *
     * @param history its first row is a {@link HistoryRow#baseline}
     */
    public static String sql(TenantHome home, History history) {
        StringBuilder sql = new StringBuilder(PlanSql.historyTable(home.schema()));
        for (HistoryRow row : history.rows()) {
            sql.append("INSERT INTO ")
                    .append(History.table(home.schema()))
                    .append(COLUMNS)
                    .append(row.rank())
                    .append(", ")
                    .append(literal(row.version()))
                    .append(", ")
                    .append(literal(row.description()))
                    .append(", ")
                    .append(literal(row.type()))
                    .append(", ")
                    .append(literal(row.script()))
                    .append(", ")
                    .append(row.checksum())
                    .append(", current_user, 0, ")
                    .append(row.success())
                    .append(");\n");
        }
        return sql.toString();
    }

    private static String literal(@Nullable Object text) {
        return text == null ? "NULL" : Identifiers.literal(text.toString());
    }
}
