package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.operator.adopt.AdoptionFinding.State;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.HomeSession;
import java.sql.Connection;
import java.sql.SQLException;
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
 * @param unknown what has the name of a version table, and is none
 * @param catalog what the schema defines; null if its own history says so by more than a baseline, or if there is an obstacle
 * @param obstacle why it cannot be adopted, whatever else it has; null if nothing does
 */
record HomeContent(
        @Nullable String history,
        History rows,
        Map<VersionTable, List<String>> revisions,
        List<String> unknown,
        @Nullable CatalogSnapshot catalog,
        @Nullable Judgement obstacle) {
    /** What a role does not own, it can neither alter nor drop. */
    private static final String OTHERS =
            "SELECT c.relname || ' of role ' || pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c WHERE c.relnamespace ="
                    + " (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ?) AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')"
                    + " AND NOT pg_has_role(c.relowner, 'USAGE') ORDER BY c.relname LIMIT 1";

    private static final String LOCKED = "SELECT coalesce(bool_or(locked), false) FROM ";

    /** Reads all of it, each query for itself or in the caller's transaction. */
    static HomeContent read(HomeSession session) throws SQLException {
        FoundTables found = FoundTables.in(session.connection(), session.home().schema());
        Optional<Judgement> obstacle = obstacle(session, found);
        return obstacle.isPresent() ? not(obstacle.get()) : read(session, found);
    }

    /** The same of a home that is known to have no {@link #obstacle}. */
    static HomeContent read(HomeSession session, FoundTables found) throws SQLException {
        Connection connection = session.connection();
        String schema = session.home().schema();
        if (found.tables().contains(VersionTable.FLYWAY)) {
            History history = History.of(connection, schema);
            @Nullable CatalogSnapshot catalog = history.isBaselineAlone() ? catalog(session) : null;
            return new HomeContent(history.digest(), history, Map.of(), List.of(), catalog, null);
        }
        Optional<Judgement> unfinished = unfinished(session, found);
        if (unfinished.isPresent()) {
            return not(unfinished.get());
        }
        Map<VersionTable, List<String>> revisions = new LinkedHashMap<>();
        for (VersionTable table : found.ofOthers()) {
            revisions.put(table, table.revisions(connection, schema));
        }
        return new HomeContent(null, new History(List.of()), revisions, found.unknown(), catalog(session), null);
    }

    private static CatalogSnapshot catalog(HomeSession session) throws SQLException {
        String schema = session.home().schema();
        return session.home().isolation() == Isolation.DATABASE
                ? CatalogSnapshot.ofDatabase(session.connection(), schema)
                : CatalogSnapshot.of(session.connection(), schema);
    }

    private static HomeContent not(Judgement obstacle) {
        return new HomeContent(null, new History(List.of()), Map.of(), List.of(), null, obstacle);
    }

    /** Why the worker's role could not migrate it, or not say what it is. */
    static Optional<Judgement> obstacle(HomeSession session, FoundTables found) throws SQLException {
        String schema = session.home().schema();
        Optional<String> others = Sql.first(session.connection(), OTHERS, row -> row.getString(1), schema);
        if (others.isPresent()) {
            return obstacle(
                    State.REFUSED,
                    "the worker's role does not own " + others.get()
                            + ", and migrations of it would fail: ALTER ... OWNER TO the worker's role, or to one of which it is a"
                            + " member");
        }
        if (!found.closed().isEmpty()) {
            String table = found.closed().get(0);
            return obstacle(
                    State.UNREADABLE,
                    "the worker's role may not read " + table + ", which says at which version it is: GRANT SELECT ON "
                            + VersionTable.in(schema, table) + " to it, and run this again");
        }
        if (found.history().isPresent()) {
            return obstacle(
                    State.REFUSED,
                    "it has " + found.history().orElseThrow()
                            + ", and a history of Flyway needs this name: alter it to the columns that Flyway makes, or rename it");
        }
        return Optional.empty();
    }

    /** Another tool is at work there, or has ended in the middle of it. */
    private static Optional<Judgement> unfinished(HomeSession session, FoundTables found) throws SQLException {
        String schema = session.home().schema();
        if (found.isLiquibaseLock()
                && Sql.one(
                        session.connection(),
                        LOCKED + VersionTable.in(schema, FoundTables.LIQUIBASE_LOCK),
                        row -> row.getBoolean(1))) {
            return obstacle(
                    State.UNREADABLE,
                    "Liquibase has locked it (" + FoundTables.LIQUIBASE_LOCK + "): run this again afterwards");
        }
        VersionTable migrate = VersionTable.GOLANG_MIGRATE;
        Optional<String> dirty = found.tables().contains(migrate)
                ? Sql.first(
                        session.connection(),
                        "SELECT version::text FROM " + migrate.in(schema) + " WHERE dirty LIMIT 1",
                        row -> String.valueOf(row.getString(1)))
                : Optional.empty();
        return dirty.isEmpty()
                ? Optional.empty()
                : obstacle(
                        State.REFUSED,
                        "golang-migrate says that version " + dirty.get() + " failed there (" + migrate.table()
                                + " is dirty): finish or undo its work, and correct the table by `migrate force`");
    }

    private static Optional<Judgement> obstacle(State state, String reason) {
        return Optional.of(Judgement.not(state, null, reason));
    }

    /** Whether nothing that counts has changed. */
    boolean isSame(HomeContent later) {
        return Objects.equals(history, later.history)
                && revisions.equals(later.revisions)
                && unknown.equals(later.unknown)
                && Objects.equals(catalog, later.catalog)
                && Objects.equals(obstacle, later.obstacle);
    }
}
