package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.postgres.Sql;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a schema has under the names of version tables. Reads catalogs of PostgreSQL only.
 *
 * @param tables version tables that can be read
 * @param isLiquibaseLock whether there is also the table in which Liquibase says that it works
 * @param closed names of those that the worker's role may not read
 * @param unknown the others, each as in {@code schema_migrations with the columns id, name}
 */
record FoundTables(Set<VersionTable> tables, boolean isLiquibaseLock, List<String> closed, List<String> unknown) {
    static final String LIQUIBASE_LOCK = "databasechangeloglock";

    /** Indexes and sequences are nobody's, but none may have the name of the history that is to be made. */
    private static final String RELATIONS = "SELECT c.relname, c.relkind = 'r' OR c.relkind = 'p' AND c.relname <> '"
            + VersionTable.FLYWAY.table() + "', has_table_privilege(c.oid, 'SELECT'), ARRAY(SELECT a.attname::text FROM"
            + " pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY"
            + " a.attnum), ARRAY(SELECT t.typcategory::text FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON"
            + " t.oid = a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),"
            + " ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT"
            + " a.attisdropped AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' ORDER BY a.attnum) FROM"
            + " pg_catalog.pg_class c WHERE c.relname = ANY (?) AND c.relnamespace = (SELECT oid FROM"
            + " pg_catalog.pg_namespace WHERE nspname = ?) ORDER BY 1";

    FoundTables {
        tables = tables.isEmpty() ? Set.of() : EnumSet.copyOf(tables);
        closed = List.copyOf(closed);
        unknown = List.copyOf(unknown);
    }

    static FoundTables in(Connection connection, String schema) throws SQLException {
        Set<VersionTable> tables = EnumSet.noneOf(VersionTable.class);
        List<String> locks = new ArrayList<>();
        List<String> closed = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        String[] names = Stream.concat(VersionTable.names().stream(), Stream.of(LIQUIBASE_LOCK))
                .toArray(String[]::new);
        Sql.forEach(
                connection,
                RELATIONS,
                row -> {
                    Found found = Found.of(row);
                    if (found.table().isEmpty() && !found.isLock()) {
                        unknown.add(found.shown());
                    } else if (!found.readable()) {
                        closed.add(found.name());
                    } else if (found.isLock()) {
                        locks.add(found.name());
                    } else {
                        tables.add(found.table().get());
                    }
                },
                connection.createArrayOf("text", names),
                schema);
        return new FoundTables(tables, !locks.isEmpty(), closed, unknown);
    }

    /** What has the name of Flyway's history and is none, so that none can be written; empty if there is no such thing. */
    Optional<String> history() {
        return unknown.stream()
                .filter(one -> one.startsWith(VersionTable.FLYWAY.table() + " "))
                .findFirst();
    }

    /** The tables of other tools than Flyway. */
    List<VersionTable> ofOthers() {
        return tables.stream().filter(table -> table != VersionTable.FLYWAY).toList();
    }

    /** A relation with one of the names. */
    private record Found(
            String name,
            boolean isTable,
            boolean readable,
            List<String> columns,
            Map<String, String> kinds,
            List<String> required) {
        private static Found of(ResultSet row) throws SQLException {
            List<String> columns = texts(row.getArray(4));
            List<String> categories = texts(row.getArray(5));
            Map<String, String> kinds = new HashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                kinds.put(columns.get(i), categories.get(i));
            }
            return new Found(
                    row.getString(1), row.getBoolean(2), row.getBoolean(3), columns, kinds, texts(row.getArray(6)));
        }

        private static List<String> texts(Array array) throws SQLException {
            return List.of((String[]) array.getArray());
        }

        /** Of Ecto's table and of golang-migrate's, the one that asks for more is the first constant. */
        private Optional<VersionTable> table() {
            return Stream.of(VersionTable.values())
                    .filter(table -> isTable && table.table().equals(name) && table.fits(kinds))
                    .filter(table -> table != VersionTable.FLYWAY || unfilled().isEmpty())
                    .findFirst();
        }

        /** Columns without which no row can be written, and which Flyway does not write: older releases of it did. */
        private List<String> unfilled() {
            return required.stream()
                    .filter(column -> !VersionTable.FLYWAY.columns().contains(column))
                    .toList();
        }

        private boolean isLock() {
            return isTable && name.equals(LIQUIBASE_LOCK) && "B".equals(kinds.get("locked"));
        }

        private String shown() {
            if (isTable && name.equals(VersionTable.FLYWAY.table()) && VersionTable.FLYWAY.fits(kinds)) {
                return name + " with columns that Flyway of today does not write, and that must not be null, "
                        + String.join(", ", unfilled());
            }
            return name
                    + (isTable
                            ? columns.stream().collect(Collectors.joining(", ", " with the columns ", ""))
                            : " which is no ordinary table");
        }
    }
}
