package io.tenantry.worker.postgres.home;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the homes of tenants on a server by their marks. */
public final class MarkedHomes {
    private static final Pattern MARK = Pattern.compile("tenantry tenant=(\\S+) database=(\\S+)");
    private static final String SCHEMAS =
            "SELECT n.nspname, d.description FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_description d ON d.objoid ="
                    + " n.oid AND d.classoid = 'pg_catalog.pg_namespace'::regclass AND d.objsubid = 0 WHERE"
                    + " starts_with(d.description, ?) ORDER BY 1";
    private static final String DATABASES =
            "SELECT b.datname, d.description FROM pg_catalog.pg_database b JOIN pg_catalog.pg_shdescription d ON d.objoid ="
                    + " b.oid AND d.classoid = 'pg_catalog.pg_database'::regclass WHERE starts_with(d.description, ?) AND NOT"
                    + " b.datistemplate ORDER BY 1";

    private MarkedHomes() {}

    /**
     * The schemas of this connection's database, and all databases of its server, that are marked as a tenant's home. Reads
     * catalogs of PostgreSQL only: no table of a tenant is touched or locked. A database that is still being made has
     * another mark, and is left out.
     *
     * @param server its name in the configuration
     */
    public static List<TenantHome> of(Connection connection, String server) throws SQLException {
        List<TenantHome> homes = new ArrayList<>(read(connection, SCHEMAS, server, Isolation.SCHEMA));
        homes.addAll(read(connection, DATABASES, server, Isolation.DATABASE));
        return homes;
    }

    private static List<TenantHome> read(Connection connection, String sql, String server, Isolation isolation)
            throws SQLException {
        List<TenantHome> homes = new ArrayList<>();
        Sql.forEach(
                connection,
                sql,
                row -> {
                    Matcher mark = MARK.matcher(row.getString(2));
                    if (mark.matches()) {
                        homes.add(new TenantHome(mark.group(1), mark.group(2), server, row.getString(1), isolation));
                    }
                },
                TenantHome.ANY_MARK);
        return homes;
    }
}
