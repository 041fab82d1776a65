package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

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
                    + " WHERE c.relname = ANY (?) AND c.relkind IN ('r', 'p') AND n.nspname <> ALL (?) AND NOT EXISTS (SELECT FROM"
                    + " pg_catalog.pg_description d WHERE d.objoid = n.oid AND d.classoid = 'pg_catalog.pg_namespace'::regclass AND"
                    + " d.objsubid = 0 AND starts_with(d.description, '" + TenantHome.ANY_MARK + "')) ORDER BY 1, 2";

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
     * Version tables that lie outside of all homes, and that no home without a mark has: all tenants share them. Homes with
     * a mark have a history already, so they say nothing.
     *
     * @param known schemas whose tables are known to be no tenant's
     * @param others how the schemas of other databases are called, whose tables are their own
     * @return as in {@code public.alembic_version}
     */
    List<String> sharedTables(Connection connection, List<String> known, List<HomePattern> others) throws SQLException {
        if (isolation == Isolation.DATABASE) {
            return List.of();
        }
        Map<String, String> outside = new TreeMap<>();
        Set<String> inside = new HashSet<>();
        Sql.forEach(
                connection,
                TABLES,
                row -> {
                    String schema = row.getString(1);
                    String table = row.getString(2);
                    if (!schema.equals("public") && pattern.tenantOf(schema).isPresent()) {
                        inside.add(table);
                    } else if (schema.equals("public")
                            || others.stream()
                                    .allMatch(other -> other.tenantOf(schema).isEmpty())) {
                        outside.putIfAbsent(table, schema + "." + table);
                    }
                },
                connection.createArrayOf("text", VersionTable.names().toArray()),
                connection.createArrayOf("text", known.toArray()));
        outside.keySet().removeAll(inside);
        return List.copyOf(outside.values());
    }
}
