package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tables in which migration tools keep what a schema has had. Some tools call theirs by the same name, so a table is one
 * of these only if it also has the columns.
 */
enum VersionTable {
    FLYWAY(
            History.TABLE,
            Map.of(
                    "installed_rank", Kind.NUMBER,
                    "version", Kind.TEXT,
                    "description", Kind.TEXT,
                    "type", Kind.TEXT,
                    "script", Kind.TEXT,
                    "checksum", Kind.NUMBER,
                    "installed_by", Kind.TEXT,
                    "installed_on", Kind.TIME,
                    "execution_time", Kind.NUMBER,
                    "success", Kind.TRUTH),
            ""),
    /** The current heads only: one row a head. */
    ALEMBIC(
            "alembic_version",
            Map.of("version_num", Kind.TEXT),
            "SELECT version_num FROM %s WHERE version_num IS NOT NULL ORDER BY 1"),
    /** Every applied migration. */
    DJANGO(
            "django_migrations",
            Map.of("id", Kind.NUMBER, "app", Kind.TEXT, "name", Kind.TEXT),
            "SELECT app || '.' || name FROM %s WHERE app || name IS NOT NULL ORDER BY id"),
    /** The current version only, in one row. */
    GOLANG_MIGRATE(
            "schema_migrations",
            Map.of("version", Kind.NUMBER, "dirty", Kind.TRUTH),
            "SELECT t.version::text FROM %s t WHERE t.version IS NOT NULL ORDER BY t.version"),
    /** Every applied version, as a number. */
    ECTO(
            "schema_migrations",
            Map.of("version", Kind.NUMBER),
            "SELECT t.version::text FROM %s t WHERE t.version IS NOT NULL ORDER BY t.version"),
    /** Every applied version, as a text. Also dbmate's. */
    RAILS(
            "schema_migrations",
            Map.of("version", Kind.TEXT),
            "SELECT version::text FROM %s WHERE version IS NOT NULL ORDER BY 1"),
    /** Every change set that was applied, and its tag. */
    LIQUIBASE(
            "databasechangelog",
            Map.of(
                    "id", Kind.TEXT,
                    "author", Kind.TEXT,
                    "filename", Kind.TEXT,
                    "orderexecuted", Kind.NUMBER,
                    "exectype", Kind.TEXT,
                    "tag", Kind.TEXT),
            "SELECT unnest(array_remove(ARRAY[tag, filename || '::' || id || '::' || author], NULL)) FROM %s WHERE exectype IN"
                    + " ('EXECUTED', 'RERAN', 'MARK_RAN') ORDER BY orderexecuted");

    /**
     * What a column holds, by the letter that PostgreSQL has for it.
     *
     * @see <a href="https://www.postgresql.org/docs/current/catalog-pg-type.html">typcategory</a>
     */
    private enum Kind {
        TEXT("S"),
        NUMBER("N"),
        TIME("D"),
        TRUTH("B");

        private final String category;

        Kind(String category) {
            this.category = category;
        }
    }

    private final String table;

    @SuppressWarnings("ImmutableEnumChecker") // made by Map.of
    private final Map<String, Kind> columns;

    private final String query;

    VersionTable(String table, Map<String, Kind> columns, String query) {
        this.table = table;
        this.columns = columns;
        this.query = query;
    }

    /** The name of the table. */
    String table() {
        return table;
    }

    /**
     * Whether a table of this name with these columns is this one. Further columns do not matter.
     *
     * @param categories of the types of the columns, by their names
     */
    boolean fits(Map<String, String> categories) {
        return columns.entrySet().stream()
                .allMatch(column -> column.getValue().category.equals(categories.get(column.getKey())));
    }

    /** The names of the columns that it always has. */
    Set<String> columns() {
        return columns.keySet();
    }

    /** Whether it has no rows of what was applied before. */
    boolean isCurrentOnly() {
        return this == ALEMBIC || this == GOLANG_MIGRATE;
    }

    /** For people: the table with its newest revision, or with all that it has if those are the current ones. */
    String shown(List<String> revisions) {
        if (revisions.isEmpty()) {
            return table + " without a row";
        }
        return table + " " + (isCurrentOnly() ? String.join(" and ", revisions) : revisions.get(revisions.size() - 1));
    }

    /** The same if none of the revisions is mapped: the newest of each app of Django, which count their own. */
    String toBeMapped(List<String> revisions) {
        if (this != DJANGO) {
            return shown(revisions);
        }
        Map<String, String> newest = new LinkedHashMap<>();
        revisions.forEach(revision -> newest.put(revision.substring(0, revision.indexOf('.') + 1), revision));
        return table + " " + String.join(", ", newest.values());
    }

    /** The names of all these tables. */
    static List<String> names() {
        return Arrays.stream(values()).map(VersionTable::table).distinct().toList();
    }

    /** Its name in SQL. */
    String in(String schema) {
        return in(schema, table);
    }

    /** The same of any table. */
    static String in(String schema, String table) {
        return Identifiers.quote(schema) + "." + Identifiers.quote(table);
    }

    /** The revisions in a schema, the newest last; of some tools only the current ones. Not for Flyway's. */
    List<String> revisions(Connection connection, String schema) throws SQLException {
        return Sql.query(connection, String.format(query, in(schema)), row -> row.getString(1));
    }
}
