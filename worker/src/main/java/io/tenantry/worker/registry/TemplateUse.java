package io.tenantry.worker.registry;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/** The SQL for which worker uses which template. Without state: every method works in the caller's transaction. */
final class TemplateUse {
    /** A worker records every minute that it is alive. */
    private static final String ALIVE = "seen_at > now() - interval '10 minutes'";

    void use(Connection connection, String worker, Collection<KnownTemplate> templates) throws SQLException {
        String sql =
                "INSERT INTO tenantry.template_use (server, template, worker) VALUES (?, ?, ?) ON CONFLICT (server,"
                        + " template, worker) DO UPDATE SET seen_at = now()";
        Sql.updateEach(
                connection,
                sql,
                templates.stream()
                        .map(template -> List.<Object>of(template.server(), template.template(), worker))
                        .toList());
    }

    List<KnownTemplate> known(Connection connection) throws SQLException {
        String sql = "SELECT server, template, bool_or(" + ALIVE
                + ") FROM tenantry.template_use GROUP BY server, template" + " ORDER BY server, template";
        return Sql.query(
                connection, sql, row -> new KnownTemplate(row.getString(1), row.getString(2), row.getBoolean(3)));
    }

    /** Deletes the dead users of a template; a template with a living user stays known. */
    void forget(Connection connection, KnownTemplate template) throws SQLException {
        String sql = "DELETE FROM tenantry.template_use WHERE server = ? AND template = ? AND NOT " + ALIVE;
        Sql.update(connection, sql, template.server(), template.template());
    }
}
