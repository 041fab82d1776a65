package io.tenantry.worker.engine;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.ExpectedHistory;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.ScriptFailure;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.engine.plan.PlanRun;
import io.tenantry.worker.postgres.Transaction;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings one home to a version of its catalog. The tracker is the same for all attempts of a request at a home; after an
 * exception it has the progress, if the home could be asked. Without state; safe for use by many threads.
 */
public final class Migrator {
    private final MigrationCatalog catalog;
    private final Optional<ExpectedHistory> expected;

    public Migrator(MigrationCatalog catalog) {
        this.catalog = catalog;
        this.expected = ExpectedHistory.of(catalog.migrations());
    }

    /**
     * Brings a home to the target by plans, or finds in one query that it is there; without keeping the lock.
     *
     * @param registered the version that the registry has for it; null if unknown. If it is right, a query is saved.
     * @throws SQLException as in {@link #migrate}
     */
    public PlanOutcome upgradeByPlan(
            HomeSession session, Target target, @Nullable String registered, VersionTracker tracker)
            throws SQLException {
        try {
            return new PlanRun(catalog, expected, session, tracker).bring(target, registered);
        } catch (SQLException | RuntimeException failure) {
            readProgress(session, tracker, failure);
            throw failure;
        }
    }

    /** Makes the home of a new tenant, and brings it to the newest version. If the home exists already, it is upgraded. */
    public PlanOutcome createByPlan(HomeSession session, VersionTracker tracker) throws SQLException {
        try {
            return new PlanRun(catalog, expected, session, tracker).create();
        } catch (SQLException | RuntimeException failure) {
            readProgress(session, tracker, failure);
            throw failure;
        }
    }

    /**
     * Applies what is missing up to the target, by Flyway: each script with its row of the history in one transaction.
     *
     * @throws ScriptFailure if a script failed, and another attempt may help
     * @throws SQLException if the home cannot be worked on now. What was applied before stays, and the next call goes on
     *     from there.
     */
    public MigrationResult migrate(LockedHome home, Target target, VersionTracker tracker) throws SQLException {
        try {
            return new LockedMigration(catalog, home, tracker).run(target);
        } catch (SQLException | RuntimeException failure) {
            readProgress(home.session(), tracker, failure);
            throw failure;
        }
    }

    /**
     * Says what {@link #migrate} would do now, and does nothing: the session is read-only until it is closed. It takes no
     * lock of the home, so what another session does there meanwhile may be missing.
     *
     * @throws SQLException if the home cannot be read now
     */
    public Preview preview(HomeSession session, Target target) throws SQLException {
        return new HomePreview(catalog, session).of(target);
    }

    /** There may be no further attempt, and the scripts before the one that failed stay applied. */
    private static void readProgress(HomeSession session, VersionTracker tracker, Exception failure) {
        try {
            Transaction.rollBack(session.connection(), failure);
            tracker.interrupted(History.of(session.connection(), session.home().schema()));
        } catch (SQLException | RuntimeException gone) {
            failure.addSuppressed(gone);
        }
    }
}
