package io.tenantry.worker.drift.check;

import io.tenantry.worker.drift.Comparison;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;

/** Takes definitions for the same that differ in their spelling alone, as after pg_dump and a restore. */
public final class Spellings {
    private Spellings() {}

    /**
     * The comparison without such definitions. The caller may have one connection of the server, and has none open.
     *
     * @param home of which one side of the comparison was read
     */
    public static Comparison same(Server server, TenantHome home, Comparison comparison) throws SQLException {
        if (comparison.changed().isEmpty()) {
            return comparison;
        }
        try (HomeSession session = HomeReader.open(server, home)) {
            return comparison.without(Respelling.same(session.connection(), home.schema(), comparison.changed()));
        }
    }
}
