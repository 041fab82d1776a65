package io.tenantry.worker.limits;

import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Dead rows of the largest catalogs, which each session reads when it plans. */
final class CatalogBloat implements LimitCheck {
    /** Fewer dead rows are no trouble, whatever their share. */
    private static final long MANY = 100_000;

    private static final String CATALOGS = "SELECT relname, n_live_tup, n_dead_tup, pg_total_relation_size(relid),"
            + " to_char(last_autovacuum, 'YYYY-MM-DD HH24:MI TZ') FROM pg_catalog.pg_stat_sys_tables WHERE schemaname ="
            + " 'pg_catalog' AND relname IN ('pg_attribute', 'pg_class', 'pg_depend', 'pg_index', 'pg_type',"
            + " 'pg_constraint') ORDER BY n_dead_tup DESC, pg_total_relation_size(relid) DESC";

    /** A table of catalogs, as its statistics have it. */
    record Catalog(
            String name,
            long live,
            long dead,
            long bytes,
            @Nullable String vacuumed) {
        private boolean isBloated() {
            return dead > MANY && dead > live;
        }
    }

    @Override
    public String name() {
        return "catalog-bloat";
    }

    @Override
    public LimitFinding look(Connection connection, CheckedServer server) throws SQLException {
        List<Catalog> catalogs = Sql.query(
                connection,
                CATALOGS,
                row -> new Catalog(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getString(5)));
        return judge(server.name(), catalogs);
    }

    /** @param catalogs those with the most dead rows first */
    LimitFinding judge(String server, List<Catalog> catalogs) {
        long bytes = catalogs.stream().mapToLong(Catalog::bytes).sum();
        Catalog worst = catalogs.stream().filter(Catalog::isBloated).findFirst().orElse(catalogs.get(0));
        String measured = worst.name() + " has " + Counted.of(worst.dead(), "dead row") + " and "
                + Counted.number(worst.live()) + " live ones, last autovacuum "
                + (worst.vacuumed() == null ? "unknown" : worst.vacuumed()) + "; the largest catalogs take "
                + Counted.bytes(bytes);
        String limit = "more than half dead, and more than " + Counted.number(MANY);
        return worst.isBloated()
                ? LimitFinding.warn(
                        server,
                        name(),
                        measured,
                        limit,
                        "VACUUM pg_catalog." + worst.name()
                                + " as its owner; if that removes nothing, end what the check held-back names")
                : LimitFinding.ok(server, name(), measured, limit);
    }
}
