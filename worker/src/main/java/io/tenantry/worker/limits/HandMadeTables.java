package io.tenantry.worker.limits;

import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tables in tenants' schemas whose names no migration of their database has. The text of the migrations is enough to find
 * them in all schemas at once; {@code drift} compares exactly, home by home.
 */
final class HandMadeTables implements LimitCheck {
    private static final int NAMED = 5;

    /** Partitions have names that a script may compute; tables of extensions are no tenant's. */
    private static final String TABLES = MarkedSchemas.HOMES
            + ", members AS MATERIALIZED (SELECT objid FROM pg_catalog.pg_depend WHERE refclassid ="
            + " 'pg_catalog.pg_extension'::regclass AND classid = 'pg_catalog.pg_class'::regclass AND deptype = 'e') SELECT"
            + " h.database, c.relname, c.relkind = 'f', min(h.schema), count(*), quote_ident(c.relname) FROM pg_catalog.pg_class c JOIN homes h ON"
            + " h.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition AND NOT EXISTS (SELECT"
            + " FROM members m WHERE m.objid = c.oid) AND c.relname <> ALL ('{flyway_schema_history,alembic_version,"
            + "django_migrations,schema_migrations,ar_internal_metadata,databasechangelog,databasechangeloglock}') GROUP BY 1,"
            + " 2, 3 ORDER BY 1, 2, 3";

    /** @param kind as in the labels of drift */
    private record Table(String database, String name, String quoted, String kind, String schema, long schemas) {}

    @Override
    public String name() {
        return "hand-made-tables";
    }

    @Override
    public LimitFinding look(Connection connection, CheckedServer server) throws SQLException {
        List<Table> found = Sql.query(
                        connection,
                        TABLES,
                        row -> new Table(
                                String.valueOf(row.getString(1)),
                                row.getString(2),
                                row.getString(6),
                                row.getBoolean(3) ? "foreign table" : "table",
                                row.getString(4),
                                row.getLong(5)))
                .stream()
                .filter(table -> isUnknown(table, server))
                .toList();
        if (found.isEmpty() && !server.unread().isEmpty()) {
            return LimitFinding.unknown(
                    server.name(),
                    name(),
                    "the migrations of database " + String.join(" and ", server.unread()) + " could not be read",
                    "run tenantry verify, which says why");
        }
        if (found.isEmpty()) {
            return LimitFinding.ok(server.name(), name(), "none" + server.leftOut(), null);
        }
        return LimitFinding.warn(
                server.name(),
                name(),
                Counted.of(found.size(), "name") + " that no migration has: " + named(found) + unread(server)
                        + server.leftOut(),
                null,
                "compare the tenants by the command drift; drop these tables, put them into a migration, or name them in"
                        + " databases.<name>.drift-exclude");
    }

    private static String unread(CheckedServer server) {
        return server.unread().isEmpty()
                ? ""
                : "; without those of database " + String.join(" and ", server.unread())
                        + ", whose migrations could not be read";
    }

    private static boolean isUnknown(Table table, CheckedServer server) {
        for (CheckedDatabase database : server.databases()) {
            DatabaseSettings settings = database.settings();
            if (settings.name().equals(table.database())) {
                boolean excluded = settings.drift().exclude().stream()
                        .anyMatch(glob -> glob.matches(table.kind() + " " + table.quoted()));
                @Nullable Predicate<String> mayMake = database.mayMake();
                return !excluded && mayMake != null && !mayMake.test(table.name());
            }
        }
        return false;
    }

    private static String named(List<Table> tables) {
        List<String> names = new ArrayList<>();
        for (Table table : tables.subList(0, Math.min(NAMED, tables.size()))) {
            names.add(table.schema() + "." + table.name()
                    + (table.schemas() > 1 ? " (and in " + Counted.of(table.schemas() - 1, "other schema") + ")" : ""));
        }
        return String.join(", ", names) + (tables.size() > NAMED ? " and " + (tables.size() - NAMED) + " more" : "");
    }
}
