package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the schemas or databases that may be homes of tenants. Reads catalogs of PostgreSQL only. */
final class Candidates {
    /** Without those that PostgreSQL, an extension or Tenantry itself has made. */
    private static final String SCHEMAS =
            "SELECT n.nspname, d.description, pg_get_userbyid(n.nspowner), pg_has_role(n.nspowner, 'USAGE') FROM"
                    + " pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_description d ON d.objoid = n.oid AND d.classoid ="
                    + " 'pg_catalog.pg_namespace'::regclass AND d.objsubid = 0 WHERE NOT starts_with(n.nspname, 'pg_') AND n.nspname"
                    + " NOT IN ('information_schema', 'public', 'tenantry') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE"
                    + " e.classid = 'pg_catalog.pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e') ORDER BY 1";

    private static final String DATABASES =
            "SELECT b.datname, d.description, pg_get_userbyid(b.datdba), pg_has_role(b.datdba, 'USAGE') FROM"
                    + " pg_catalog.pg_database b LEFT JOIN pg_catalog.pg_shdescription d ON d.objoid = b.oid AND d.classoid ="
                    + " 'pg_catalog.pg_database'::regclass WHERE NOT b.datistemplate AND b.datname NOT IN ('postgres',"
                    + " current_database()) ORDER BY 1";
    /** Of scratch places and databases that are being made. */
    private static final String OURS = "tenantry_";

    private static final String TABLES =
            "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE c.relname = ANY (?) AND c.relkind IN ('r', 'p') AND n.nspname <> ALL (?) ORDER BY 1, 2";

    private final String database;
    private final Isolation isolation;
    private final HomePattern pattern;

    Candidates(String database, Isolation isolation, HomePattern pattern) {
        this.database = database;
        this.isolation = isolation;
        this.pattern = pattern;
    }

    /** All of a server, by name. */
    List<Candidate> of(Connection connection, String server) throws SQLException {
        List<Candidate> candidates = new ArrayList<>();
        Sql.forEach(
                connection,
                isolation == Isolation.DATABASE ? DATABASES : SCHEMAS,
                row -> read(row, server).ifPresent(candidates::add));
        return candidates;
    }

    private Optional<Candidate> read(ResultSet row, String server) throws SQLException {
        String name = row.getString(1);
        Optional<String> tenant =
                name.startsWith(OURS) && !pattern.prefix().startsWith(OURS) ? Optional.empty() : pattern.tenantOf(name);
        if (tenant.isEmpty()) {
            return Optional.empty();
        }
        TenantHome home = new TenantHome(tenant.get(), database, server, name, isolation);
        return Optional.of(new Candidate(home, row.getString(2), row.getString(3), row.getBoolean(4)));
    }

    /**
     * A version table that lies outside of all homes although none of them has one: all tenants share it.
     *
     * @param known schemas whose tables are known to be no tenant's
     * @return as in {@code public.alembic_version}
     */
    Optional<String> sharedTable(Connection connection, List<String> known) throws SQLException {
        if (isolation == Isolation.DATABASE) {
            return Optional.empty();
        }
        List<String> outside = new ArrayList<>();
        List<String> inside = new ArrayList<>();
        Sql.forEach(
                connection,
                TABLES,
                row -> (pattern.tenantOf(row.getString(1)).isPresent() ? inside : outside)
                        .add(row.getString(1) + "." + row.getString(2)),
                connection.createArrayOf("text", VersionTable.names().toArray()),
                connection.createArrayOf("text", known.toArray()));
        return inside.isEmpty() && !outside.isEmpty() ? Optional.of(outside.get(0)) : Optional.empty();
    }
}
