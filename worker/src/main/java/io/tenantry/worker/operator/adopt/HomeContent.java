package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.HomeSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What decides whether a home is adopted: if two are the {@linkplain #isSame same}, the answer is.
 *
 * @param history digest of the rows of {@code flyway_schema_history}; null if there is no such table
 * @param rows the same rows
 * @param revisions of other tools, by their version tables
 * @param catalog what the schema defines; null if its own history says so
 * @param locked whether another tool says that it works there now
 */
record HomeContent(
        @Nullable String history,
        History rows,
        Map<VersionTable, List<String>> revisions,
        @Nullable CatalogSnapshot catalog,
        boolean locked) {
    private static final String TABLES =
            "SELECT relname FROM pg_catalog.pg_class WHERE relname = ANY (?) AND relkind IN ('r', 'p') AND relnamespace ="
                    + " (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ?)";
    private static final String LIQUIBASE_LOCK = "databasechangeloglock";
    /** What a role does not own, it can neither alter nor drop. */
    private static final String OTHERS =
            "SELECT c.relname || ' of role ' || pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c WHERE c.relnamespace ="
                    + " (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ?) AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')"
                    + " AND NOT pg_has_role(c.relowner, 'USAGE') ORDER BY c.relname LIMIT 1";

    /** A table, view or sequence that the worker's role does not own, with its owner; empty if there is none. */
    static Optional<String> ownedByOthers(HomeSession session) throws SQLException {
        return Sql.first(
                session.connection(),
                OTHERS,
                row -> row.getString(1),
                session.home().schema());
    }

    /** Reads all of it, each query for itself or in the caller's transaction. */
    static HomeContent read(HomeSession session) throws SQLException {
        Connection connection = session.connection();
        String schema = session.home().schema();
        List<String> names = new ArrayList<>(VersionTable.names());
        names.add(LIQUIBASE_LOCK);
        List<String> found = Sql.query(
                connection, TABLES, row -> row.getString(1), connection.createArrayOf("text", names.toArray()), schema);
        if (found.contains(VersionTable.FLYWAY.table())) {
            History history = History.of(connection, schema);
            return new HomeContent(history.digest(), history, Map.of(), null, false);
        }
        Map<VersionTable, List<String>> revisions = new LinkedHashMap<>();
        for (VersionTable table : VersionTable.values()) {
            if (found.contains(table.table())) {
                revisions.put(table, table.revisions(connection, schema));
            }
        }
        boolean locked = found.contains(LIQUIBASE_LOCK)
                && Sql.one(
                        connection,
                        "SELECT coalesce(bool_or(locked), false) FROM " + VersionTable.in(schema, LIQUIBASE_LOCK),
                        row -> row.getBoolean(1));
        CatalogSnapshot catalog = session.home().isolation() == Isolation.DATABASE
                ? CatalogSnapshot.ofDatabase(connection, schema)
                : CatalogSnapshot.of(connection, schema);
        return new HomeContent(null, new History(List.of()), revisions, catalog, locked);
    }

    /** Whether nothing that counts has changed. */
    boolean isSame(HomeContent later) {
        return Objects.equals(history, later.history)
                && revisions.equals(later.revisions)
                && Objects.equals(catalog, later.catalog)
                && locked == later.locked;
    }
}
