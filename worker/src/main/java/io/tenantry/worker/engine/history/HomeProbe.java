package io.tenantry.worker.engine.history;

import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one query about a home. The home is not locked.
 *
 * @param free whether nobody else works on it at this moment
 * @param marked whether it is marked as this tenant's
 */
public record HomeProbe(boolean free, boolean marked, History history) {
    /** undefined_table, invalid_schema_name; insufficient_privilege, as at a schema of another role. */
    private static final Set<String> NOT_READABLE = Set.of("42P01", "3F000", "42501");

    /** Looks; empty if there is no home, none with a history, or none that this role may read. */
    public static Optional<HomeProbe> at(HomeSession session) throws SQLException {
        return look(
                session,
                "pg_catalog.pg_try_advisory_xact_lock(" + session.home().lockKey() + ")");
    }

    /**
     * The same without taking the home's lock for the moment, so that nobody who wants it finds it taken. It costs more than
     * {@link #at}: the server lists its locks.
     */
    public static Optional<HomeProbe> beside(HomeSession session) throws SQLException {
        return look(session, freeSql(session.home()));
    }

    /** Whether nobody works on the home at this moment; asks for nothing else, so that no lock of a table is in the way. */
    public static boolean isFree(HomeSession session) throws SQLException {
        return Sql.one(session.connection(), "SELECT " + freeSql(session.home()), row -> row.getBoolean(1));
    }

    private static String freeSql(TenantHome home) {
        return "NOT EXISTS (SELECT " + lockSql(home) + ")";
    }

    /** FROM and WHERE of a query for the home's lock as {@code l}, a row of pg_locks; no row if nobody has it. */
    public static String lockSql(TenantHome home) {
        long key = home.lockKey();
        // How pg_locks shows a key of 64 bits: https://www.postgresql.org/docs/current/view-pg-locks.html
        return "FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_database d ON d.oid = l.database WHERE"
                + " d.datname = pg_catalog.current_database() AND l.locktype = 'advisory' AND l.objsubid = 1"
                + " AND l.classid = '" + Integer.toUnsignedString((int) (key >>> 32)) + "' AND l.objid = '"
                + Integer.toUnsignedString((int) key) + "' AND l.granted";
    }

    private static Optional<HomeProbe> look(HomeSession session, String free) throws SQLException {
        TenantHome home = session.home();
        String sql = "SELECT " + home.markQuery() + ", (SELECT " + free + "), " + HistoryRow.COLUMNS + " FROM "
                + History.table(home.schema()) + " ORDER BY \"installed_rank\"";
        try (Statement statement = session.connection().createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet row = statement.executeQuery(sql)) {
                return read(home, row);
            }
        } catch (SQLException failure) {
            session.changed();
            if (NOT_READABLE.contains(String.valueOf(failure.getSQLState()))) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private static Optional<HomeProbe> read(TenantHome home, ResultSet row) throws SQLException {
        @Nullable String mark = null;
        boolean free = false;
        List<HistoryRow> rows = new ArrayList<>();
        while (row.next()) {
            if (rows.isEmpty()) {
                mark = row.getString(1);
                free = row.getBoolean(2);
            }
            rows.add(HistoryRow.read(row, 3));
        }
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new HomeProbe(free, home.isMarkedBy(mark), new History(rows)));
    }
}
