package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HomeFingerprint;
import io.tenantry.worker.engine.plan.HistoryStamp;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.Transaction;
import io.tenantry.worker.postgres.connection.Server;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.HomeState;
import io.tenantry.worker.postgres.home.LockedHome;
import io.tenantry.worker.postgres.home.TenantHome;
import io.tenantry.worker.registry.RegisteredHome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Marks a home as a tenant's, and gives it a history if it has none: both or neither, under the home's lock. */
final class Enrolment {
    private static final String AGAIN = "; nothing was written: run this again";

    private final MigrationCatalog catalog;

    Enrolment(MigrationCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * What came of it.
     *
     * @param row for the registry; null if nothing was written
     * @param obstacle why nothing was written; null if something was
     */
    record Outcome(@Nullable RegisteredHome row, @Nullable String obstacle) {
        static Outcome not(String obstacle) {
            return new Outcome(null, obstacle + AGAIN);
        }
    }

    /**
     * Writes into the home, unless it has changed since it was judged.
     *
     * @param known its row; null if there is none
     */
    Outcome write(
            Server server, TenantHome home, HomeContent judged, Judgement judgement, @Nullable RegisteredHome known)
            throws SQLException {
        try (HomeSession session = HomeSession.open(server, home)) {
            Optional<LockedHome> locked = session.tryLock();
            if (locked.isEmpty()) {
                return Outcome.not("another session works on it now");
            }
            Optional<String> obstacle = Transaction.run(session.connection(), () -> mark(session, judged, judgement));
            return obstacle.isPresent()
                    ? Outcome.not(obstacle.get())
                    : new Outcome(row(home, judgement, locked.get(), known), null);
        }
    }

    private Optional<String> mark(HomeSession session, HomeContent judged, Judgement judgement) throws SQLException {
        HomeState state = session.inspect();
        boolean isFree = state instanceof HomeState.Marked
                || (state instanceof HomeState.Foreign foreign && foreign.comment() == null);
        Connection connection = session.connection();
        for (VersionTable table : judged.revisions().keySet()) {
            // The other tool writes its revision in the transaction of its changes: from here on it waits.
            Sql.execute(connection, "LOCK TABLE " + table.in(session.home().schema()) + " IN SHARE MODE");
        }
        if (!isFree || !HomeContent.read(session).isSame(judged)) {
            return Optional.of("it changed meanwhile");
        }
        if (judgement.isStamped()) {
            Sql.execute(connection, HistoryStamp.sql(session.home(), history(judgement)));
        }
        Sql.execute(connection, session.home().markSql());
        return Optional.empty();
    }

    private RegisteredHome row(
            TenantHome home, Judgement judgement, LockedHome locked, @Nullable RegisteredHome known) {
        return new RegisteredHome(
                home.tenant(),
                home.database(),
                home.server(),
                home.location(),
                judgement.version(),
                HomeFingerprint.of(catalog, catalog.migrationsFor(home), history(judgement))
                        .orElse(null),
                locked.lockedAt(),
                known == null ? null : known.observedAt());
    }

    private static History history(Judgement judgement) {
        return Objects.requireNonNull(judgement.history());
    }
}
