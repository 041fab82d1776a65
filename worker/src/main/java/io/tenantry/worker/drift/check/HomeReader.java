package io.tenantry.worker.drift.check;

import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HomeProbe;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.postgres.FailureMessage;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.connection.DatabaseRefusedException;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.HomeState;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what a home defines, between two looks at its lock and its history. Each of the three is a transaction of its own, so
 * nothing of the home is held; nobody waits for a look, and a look waits for nobody longer than a tenth of a second.
 */
final class HomeReader {
    /** While a table is altered, the functions that print its definitions wait for its lock. */
    private static final int LONGEST_WAIT_MILLIS = 100;

    private HomeReader() {}

    /** Reads a home; the caller may have one connection of the server, and has none open. */
    static Look look(Server server, TenantHome home) {
        try (HomeSession session = open(server, home)) {
            Look look = look(session);
            // Not reset as a whole: the session keeps its prepared queries, whose planning is half of a look.
            Sql.execute(session.connection(), "RESET lock_timeout; RESET statement_timeout");
            session.restored();
            return look;
        } catch (DatabaseRefusedException refused) {
            return unreadable(
                    place(home)
                            + (refused.isMissing()
                                    ? " is registered but does not exist: restore it, or run `tenantry registry rebuild`"
                                    : " refuses the connection: " + FailureMessage.of(refused)),
                    false);
        } catch (SQLException failure) {
            return failed(home, failure);
        }
    }

    /** A session that waits for locks shortly. */
    static HomeSession open(Server server, TenantHome home) throws SQLException {
        HomeSession session = HomeSession.open(server, home);
        session.changed();
        Sql.execute(
                session.connection(),
                "SET lock_timeout = " + LONGEST_WAIT_MILLIS + "; SET statement_timeout = "
                        + session.timeouts().statement().toMillis());
        return session;
    }

    private static Look look(HomeSession session) throws SQLException {
        try {
            return read(session);
        } catch (SQLException failure) {
            if (SqlFailure.of(failure) != SqlFailure.TRANSIENT) {
                throw failure;
            }
            return new Look.Failed(busy(session, failure));
        }
    }

    private static Look read(HomeSession session) throws SQLException {
        Optional<HomeProbe> before = HomeProbe.beside(session);
        if (before.isEmpty()) {
            return withoutHistory(session);
        }
        if (!before.get().marked()) {
            return foreign(session);
        }
        if (!before.get().free()) {
            return new Look.Failed(Verdict.Busy.MIGRATED);
        }
        try {
            CatalogSnapshot snapshot = snapshot(session);
            return isUnchanged(before.get(), session)
                    ? new Look.Seen(before.get().history(), snapshot)
                    : new Look.Failed(Verdict.Busy.MIGRATED);
        } catch (SQLException failure) {
            // An object that is dropped meanwhile makes a query of the catalogs fail.
            boolean isAway = SqlFailure.of(failure) == SqlFailure.SERVER_AWAY;
            if (isAway || isUnchanged(before.get(), session)) {
                throw failure;
            }
            return new Look.Failed(Verdict.Busy.MIGRATED);
        }
    }

    private static CatalogSnapshot snapshot(HomeSession session) throws SQLException {
        String schema = session.home().schema();
        CatalogSnapshot snapshot = session.home().isolation() == Isolation.DATABASE
                ? CatalogSnapshot.ofDatabase(session.connection(), schema)
                : CatalogSnapshot.of(session.connection(), schema);
        return RunningReindex.leftOut(session.connection(), schema, snapshot);
    }

    private static boolean isUnchanged(HomeProbe before, HomeSession session) throws SQLException {
        Optional<HomeProbe> after = HomeProbe.beside(session);
        return after.isPresent()
                && after.get().free()
                && after.get().history().digest().equals(before.history().digest());
    }

    /** A home that has had no migration, or none at all. */
    private static Look withoutHistory(HomeSession session) throws SQLException {
        TenantHome home = session.home();
        HomeState state = session.inspect();
        if (state instanceof HomeState.Missing) {
            return unreadable(
                    place(home) + " is registered but does not exist: restore it, or run `tenantry registry rebuild`",
                    false);
        }
        if (!(state instanceof HomeState.Marked)) {
            return foreign(session);
        }
        // Fails if the role may not read it; has rows if the first migration was applied meanwhile.
        History history = History.of(session.connection(), home.schema());
        if (!history.rows().isEmpty()) {
            return new Look.Failed(Verdict.Busy.MIGRATED);
        }
        CatalogSnapshot snapshot = snapshot(session);
        return hasTables(snapshot)
                ? unreadable(
                        place(home)
                                + " has tables, but no row in flyway_schema_history, so its version is not known: restore that"
                                + " table from a backup",
                        false)
                : new Look.Seen(history, snapshot);
    }

    /** A registered home without anything of its migrations. */
    static Verdict emptied(TenantHome home) {
        return new Verdict.Unreadable(
                place(home)
                        + " is registered, but has neither a row in flyway_schema_history nor a table: restore it from a"
                        + " backup",
                false);
    }

    private static boolean hasTables(CatalogSnapshot snapshot) {
        return snapshot.entries().keySet().stream()
                .anyMatch(label -> label.startsWith("table ") && !label.equals("table flyway_schema_history"));
    }

    private static Look foreign(HomeSession session) {
        TenantHome home = session.home();
        return unreadable(
                place(home) + " does not have the mark of " + home.owner() + ": set its comment to \"" + home.mark()
                        + "\" if it is this home, or run `tenantry registry rebuild`",
                false);
    }

    private static Look failed(TenantHome home, SQLException failure) {
        return SqlFailure.of(failure) == SqlFailure.TRANSIENT
                ? new Look.Failed(new Verdict.Busy(obstacle(home, FailureMessage.of(failure))))
                : unreadable(
                        place(home) + " cannot be read: " + FailureMessage.of(failure),
                        SqlFailure.of(failure) == SqlFailure.SERVER_AWAY);
    }

    /**
     * Why a look met an obstacle that may pass. The caller may have one connection of the server, and has none open.
     *
     * @param failure of a statement that read the home, or made something to compare it with
     */
    static Verdict.Busy busy(Server server, TenantHome home, SQLException failure) {
        try (HomeSession session = open(server, home)) {
            return busy(session, failure);
        } catch (SQLException away) {
            return new Verdict.Busy(obstacle(home, FailureMessage.of(failure)));
        }
    }

    /** Who has the home's lock, if it is none of these applications; empty if nobody has. */
    static Optional<String> strangerIn(Server server, TenantHome home, Set<String> applications) throws SQLException {
        try (HomeSession session = open(server, home)) {
            return TableLock.ofHome(session.connection(), home)
                    .filter(lock -> lock.application() == null || !applications.contains(lock.application()))
                    .map(lock -> obstacle(home, lock.text() + ", which is no worker's: end it"));
        }
    }

    /** A home is being migrated if its lock says so. Other sessions lock tables too. */
    private static Verdict.Busy busy(HomeSession session, SQLException failure) {
        TenantHome home = session.home();
        try {
            if (!HomeProbe.isFree(session)) {
                return Verdict.Busy.MIGRATED;
            }
            String cause = TableLock.in(session.connection(), home)
                    .map(TableLock::text)
                    .orElse(FailureMessage.of(failure));
            return new Verdict.Busy(obstacle(home, cause));
        } catch (SQLException away) {
            return new Verdict.Busy(obstacle(home, FailureMessage.of(failure)));
        }
    }

    private static String obstacle(TenantHome home, String cause) {
        return place(home) + " could not be compared now: " + cause;
    }

    static Look unreadable(String reason, boolean serverAway) {
        return new Look.Failed(new Verdict.Unreadable(reason, serverAway));
    }

    private static String place(TenantHome home) {
        return home.kind() + " " + home.location() + " at server " + home.server();
    }
}
