package io.tenantry.worker.operator.adopt;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HomeFingerprint;
import io.tenantry.worker.engine.plan.HistoryStamp;
import io.tenantry.worker.operator.adopt.AdoptionFinding.State;
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

/**
 * Marks a home as a tenant's, and gives it a history if it has none: both or neither, under the home's lock. Safe for use by
 * many threads, each with a home of its own.
 */
final class Enrolment {
    private static final String CHANGED = "it changed meanwhile";
    private static final String AGAIN = "; nothing was written: run this again";

    private final MigrationCatalog catalog;

    Enrolment(MigrationCatalog catalog) {
        this.catalog = catalog;
    }

    /** For a home that is not as it was judged. */
    static Judgement changed() {
        return Judgement.not(State.UNREADABLE, null, CHANGED + AGAIN);
    }

    /** Judges what was read under the lock; empty if it cannot be judged while the session is open. */
    interface Judging {
        Optional<Judgement> of(HomeContent content);
    }

    /**
     * What came of it.
     *
     * @param content that was read; null if it was not read
     * @param judgement whether the home is adopted; null if it was not judged
     * @param row for the registry; null if nothing was written
     */
    record Outcome(
            @Nullable HomeContent content,
            @Nullable Judgement judgement,
            @Nullable RegisteredHome row) {
        private static Outcome not(String obstacle) {
            return new Outcome(null, Judgement.not(State.UNREADABLE, null, obstacle + AGAIN), null);
        }
    }

    /**
     * Reads the home, has it judged, and writes into it if it is adoptable.
     *
     * @param known its row; null if there is none
     */
    Outcome write(Server server, TenantHome home, Judging judging, @Nullable RegisteredHome known) throws SQLException {
        try (HomeSession session = HomeSession.open(server, home)) {
            Optional<LockedHome> locked = session.tryLock();
            if (locked.isEmpty()) {
                return Outcome.not("another session works on it now");
            }
            Outcome outcome = Transaction.run(session.connection(), () -> write(session, judging));
            session.unlock();
            return isWritten(outcome)
                    ? new Outcome(
                            outcome.content(),
                            outcome.judgement(),
                            row(home, Objects.requireNonNull(outcome.judgement()), locked.get(), known))
                    : outcome;
        }
    }

    private static boolean isWritten(Outcome outcome) {
        return outcome.judgement() != null && outcome.judgement().state() == State.ADOPTABLE;
    }

    private Outcome write(HomeSession session, Judging judging) throws SQLException {
        HomeState state = session.inspect();
        boolean isFree = state instanceof HomeState.Marked
                || (state instanceof HomeState.Foreign foreign && foreign.comment() == null);
        if (!isFree) {
            return Outcome.not(CHANGED);
        }
        Connection connection = session.connection();
        TenantHome home = session.home();
        FoundTables found = FoundTables.in(connection, home.schema());
        Optional<Judgement> obstacle = HomeContent.obstacle(session, found);
        if (obstacle.isPresent()) {
            return new Outcome(null, obstacle.get(), null);
        }
        for (VersionTable table : found.ofOthers()) {
            // The other tool writes its revision in the transaction of its changes: from here on it waits.
            Sql.execute(connection, "LOCK TABLE " + table.in(home.schema()) + " IN SHARE MODE");
        }
        HomeContent content = HomeContent.read(session, found);
        if (!FoundTables.in(connection, home.schema()).equals(found)) {
            return Outcome.not(CHANGED);
        }
        @Nullable Judgement judgement = judging.of(content).orElse(null);
        if (judgement != null && judgement.state() == State.ADOPTABLE) {
            String stamp = judgement.isStamped() ? HistoryStamp.sql(home, history(judgement)) : "";
            Sql.execute(connection, stamp + home.markSql());
        }
        return new Outcome(content, judgement, null);
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
