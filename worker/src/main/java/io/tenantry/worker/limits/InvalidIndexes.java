package io.tenantry.worker.limits;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Indexes of tenants that a CREATE INDEX CONCURRENTLY has left when it failed; those that are being built are left out. */
final class InvalidIndexes implements LimitCheck {
    private static final int NAMED = 5;

    private static final String INVALID =
            "SELECT n.nspname || '.' || c.relname, count(*) OVER () FROM pg_catalog.pg_index"
                    + " i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid ="
                    + " c.relnamespace JOIN pg_catalog.pg_description d ON d.objoid = n.oid AND d.classoid ="
                    + " 'pg_catalog.pg_namespace'::regclass AND d.objsubid = 0 WHERE NOT i.indisvalid AND c.relkind = 'i' AND"
                    + " starts_with(d.description, 'tenantry ') AND NOT EXISTS (SELECT FROM"
                    + " pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid) ORDER BY 1 LIMIT "
                    + NAMED;

    private record Invalid(String name, long all) {}

    @Override
    public String name() {
        return "invalid-indexes";
    }

    @Override
    public LimitFinding look(Connection connection, CheckedServer server) throws SQLException {
        List<Invalid> found = Sql.query(connection, INVALID, row -> new Invalid(row.getString(1), row.getLong(2)));
        if (found.isEmpty()) {
            return LimitFinding.ok(server.name(), name(), "none" + server.leftOut(), null);
        }
        long all = found.get(0).all();
        String names = String.join(", ", found.stream().map(Invalid::name).toList());
        return LimitFinding.warn(
                server.name(),
                name(),
                Counted.of(all, "index") + ": " + names
                        + (all > found.size() ? " and " + (all - found.size()) + " more" : "")
                        + server.leftOut(),
                null,
                "DROP INDEX CONCURRENTLY each of them, then request the tenant's migration again: an invalid index is"
                        + " maintained and never read");
    }
}
