package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/** The tables in which migration tools keep what a schema has had. */
enum VersionTable {
    FLYWAY(History.TABLE, ""),
    /** The current heads only: one row a head. */
    ALEMBIC("alembic_version", "SELECT version_num FROM %s WHERE version_num IS NOT NULL ORDER BY 1"),
    /** Every applied migration. */
    DJANGO("django_migrations", "SELECT app || '.' || name FROM %s WHERE app || name IS NOT NULL ORDER BY id"),
    /** Every applied version. Also golang-migrate's, which has one row with a number. */
    RAILS("schema_migrations", "SELECT version::text FROM %s WHERE version IS NOT NULL ORDER BY 1"),
    /** Every change set that was applied, and its tag. */
    LIQUIBASE(
            "databasechangelog",
            "SELECT unnest(array_remove(ARRAY[tag, filename || '::' || id || '::' || author], NULL)) FROM %s WHERE exectype IN"
                    + " ('EXECUTED', 'RERAN', 'MARK_RAN') ORDER BY orderexecuted");

    private final String table;
    private final String query;

    VersionTable(String table, String query) {
        this.table = table;
        this.query = query;
    }

    /** The name of the table. */
    String table() {
        return table;
    }

    /** Whether it has no rows of what was applied before. */
    boolean isCurrentOnly() {
        return this == ALEMBIC;
    }

    /** For people: the table with its newest revision, or with all that it has if those are the current ones. */
    String shown(List<String> revisions) {
        if (revisions.isEmpty()) {
            return table + " without a row";
        }
        return table + " " + (isCurrentOnly() ? String.join(" and ", revisions) : revisions.get(revisions.size() - 1));
    }

    /** The names of all these tables. */
    static List<String> names() {
        return Arrays.stream(values()).map(VersionTable::table).toList();
    }

    /** Its name in SQL. */
    String in(String schema) {
        return in(schema, table);
    }

    /** The same of any table. */
    static String in(String schema, String table) {
        return Identifiers.quote(schema) + "." + Identifiers.quote(table);
    }

    /** The revisions in a schema, the newest last; of Alembic only the current ones. Not for Flyway's. */
    List<String> revisions(Connection connection, String schema) throws SQLException {
        return Sql.query(connection, String.format(query, in(schema)), row -> row.getString(1));
    }
}
