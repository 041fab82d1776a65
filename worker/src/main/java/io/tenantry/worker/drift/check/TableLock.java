package io.tenantry.worker.drift.check;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.history.HomeProbe;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lock that keeps the definitions of a home from being read.
 *
 * @param relation what is locked, such as {@code table orders}, or {@code the home}
 * @param isGranted false if the session waits for the lock; whoever comes later waits behind it
 * @param pid of the session; null for a prepared transaction
 * @param application its {@code application_name}; null if it has none
 * @param state of the session; null if the role may not see it
 * @param since how long its transaction has been open; null if the role may not see it
 * @see <a href="https://www.postgresql.org/docs/current/view-pg-locks.html">pg_locks</a>
 */
record TableLock(
        String relation,
        boolean isGranted,
        @Nullable Integer pid,
        @Nullable String application,
        @Nullable String state,
        @Nullable Duration since) {
    private static final String LOCKS =
            "SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence ' WHEN 'i'"
                    + " THEN 'index ' WHEN 'I' THEN 'index ' ELSE 'table ' END || CASE n.nspname WHEN ? THEN '' ELSE"
                    + " quote_ident(n.nspname) || '.' END || quote_ident(c.relname), l.granted, l.pid, nullif(a.application_name,"
                    + " ''), a.state, extract(epoch FROM clock_timestamp() - a.xact_start)::bigint FROM pg_catalog.pg_locks l JOIN"
                    + " pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT"
                    + " JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'relation' AND l.database = (SELECT"
                    + " oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AND l.mode ="
                    + " 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid() AND (n.nspname = ? OR ?) ORDER"
                    + " BY l.granted DESC, a.xact_start, c.relkind NOT IN ('r', 'p'), c.relname LIMIT 1";

    /** The one that is held longest; empty if there is none any more. */
    static Optional<TableLock> in(Connection connection, TenantHome home) throws SQLException {
        return Sql.first(
                connection,
                LOCKS,
                TableLock::read,
                home.schema(),
                home.schema(),
                home.isolation() == Isolation.DATABASE);
    }

    /** The home's own lock; empty if nobody has it. */
    static Optional<TableLock> ofHome(Connection connection, TenantHome home) throws SQLException {
        return Sql.first(
                connection,
                "SELECT 'the home', true, l.pid, nullif(a.application_name, ''), a.state, extract(epoch FROM"
                        + " clock_timestamp() - a.xact_start)::bigint FROM (SELECT l.pid " + HomeProbe.lockSql(home)
                        + ") l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid LIMIT 1",
                TableLock::read);
    }

    private static TableLock read(ResultSet row) throws SQLException {
        return new TableLock(
                Objects.requireNonNull(row.getString(1)),
                row.getBoolean(2),
                row.getObject(3, Integer.class),
                row.getString(4),
                row.getString(5),
                Optional.ofNullable(row.getObject(6, Long.class))
                        .map(Duration::ofSeconds)
                        .orElse(null));
    }

    /** A clause for people: what, by whom, since when. */
    String text() {
        if (pid == null) {
            return relation + " is locked by a prepared transaction: end it by COMMIT PREPARED or ROLLBACK PREPARED";
        }
        String session = "session " + pid + " ("
                + Objects.requireNonNullElse(application, "no application_name") + ", "
                + Objects.requireNonNullElse(state, "its state is hidden from the worker's role") + ")";
        return (isGranted ? relation + " is locked by " + session : session + " waits for a lock of " + relation)
                + (since == null ? "" : " since " + words(since));
    }

    private static String words(Duration since) {
        return since.toMinutes() < 2 ? since.toSeconds() + " s" : since.toMinutes() + " min";
    }
}
