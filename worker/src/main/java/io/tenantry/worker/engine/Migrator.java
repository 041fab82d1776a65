package io.tenantry.worker.engine;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.flyway.FlywayFailure;
import io.tenantry.worker.engine.flyway.FlywayRun;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.MigrationState;
import io.tenantry.worker.engine.history.Progress;
import io.tenantry.worker.engine.history.ScriptFailure;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.TargetCheck;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.engine.plan.PlanOutcome;
import io.tenantry.worker.engine.plan.PlanRun;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.Transaction;
import io.tenantry.worker.postgres.home.HomeSession;
import io.tenantry.worker.postgres.home.LockedHome;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/** Brings one home to a version of its catalog. Without state; safe for use by many threads. */
public final class Migrator {
    private final MigrationCatalog catalog;

    public Migrator(MigrationCatalog catalog) {
        this.catalog = catalog;
    }

    /** The migrations that it applies. */
    public MigrationCatalog catalog() {
        return catalog;
    }

    /**
     * Brings a home to the target by plans, or finds in one query that it is there; without the lock.
     *
     * @param registered the version that the registry has for it; null if unknown. If it is right, a query is saved.
     * @throws SQLException as in {@link #migrate}
     */
    public PlanOutcome shortcut(HomeSession session, Target target, VersionTracker tracker, @Nullable String registered)
            throws SQLException {
        return new PlanRun(catalog, session, tracker).bring(target, registered);
    }

    /** Makes the home of a new tenant, and brings it to the newest version; one that is there is brought on. */
    public PlanOutcome create(HomeSession session, VersionTracker tracker) throws SQLException {
        return new PlanRun(catalog, session, tracker).create();
    }

    /**
     * Applies what is missing up to the target, each script with its row of the history in one transaction.
     *
     * @param tracker the same for all attempts of a request
     * @throws ScriptFailure if a script failed, and another try may help
     * @throws SQLException if the home cannot be worked on now. What was applied before stays, and the next call goes on
     *     from there.
     */
    public MigrationResult migrate(LockedHome home, Target target, VersionTracker tracker) throws SQLException {
        tracker.locked(home.lockedAt());
        History before = History.of(home);
        Optional<MigrationVersion> current = before.current();
        @Nullable String from = tracker.first(before);
        Optional<MigrationResult> refusal = TargetCheck.refuse(catalog, target, current);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        FlywayRun way = new FlywayRun(catalog, home, tracker);
        Optional<ResultError> unrepaired = way.repair(before);
        if (unrepaired.isPresent()) {
            return new MigrationResult.Failed(from, version(before), tracker.applied(before), unrepaired.get());
        }
        MigrationState state = MigrationState.of(
                catalog.migrationsFor(home.home()),
                before.withoutFailures(catalog.plans().outside().keySet()),
                target.limit(),
                catalog.isOutOfOrder());
        Optional<ResultError> tooMuch =
                tracker.tooMuch(state instanceof MigrationState.Behind behind ? behind.pending() : List.of());
        if (tooMuch.isPresent()) {
            return new MigrationResult.Failed(from, version(before), tracker.applied(before), tooMuch.get());
        }
        if (state instanceof MigrationState.UpToDate) {
            return new MigrationResult.Migrated(from, version(before), tracker.applied(before));
        }
        try {
            way.run(state, target);
            List<String> applied = new ArrayList<>(tracker.applied(before));
            applied.addAll(way.applied());
            return new MigrationResult.Migrated(from, version(History.of(home)), applied);
        } catch (FlywayException failure) {
            return failed(home, tracker, failure, way);
        }
    }

    /**
     * What is done, after {@link #migrate} or a shortcut has thrown something.
     *
     * @param failure what it has thrown, which may have left a transaction open
     * @param tracker the same as there
     * @throws SQLException if the home cannot be asked any more
     */
    public Progress progress(LockedHome home, VersionTracker tracker, Exception failure) throws SQLException {
        return progress(home.home(), home.connection(), tracker, failure);
    }

    /** The same. */
    public Progress progress(HomeSession session, VersionTracker tracker, Exception failure) throws SQLException {
        return progress(session.home(), session.connection(), tracker, failure);
    }

    private static Progress progress(TenantHome home, Connection connection, VersionTracker tracker, Exception failure)
            throws SQLException {
        Transaction.rollBack(connection, failure);
        History now = History.of(connection, home.schema());
        @Nullable String from = tracker.first(now);
        return new Progress(from, version(now), tracker.applied(now));
    }

    private MigrationResult failed(LockedHome home, VersionTracker tracker, FlywayException failure, FlywayRun way)
            throws SQLException {
        Connection connection = home.connection();
        Duration took = way.running().sinceStatement();
        SQLException cause = SqlFailure.sqlCause(failure);
        FlywayFailure told =
                new FlywayFailure(catalog, home.home(), failure, way.running().script());
        if (!FailureKind.isSound(connection)) {
            throw new ScriptFailure(ScriptFailure.Kind.SESSION_ENDED, told.describe(new History(List.of())), cause);
        }
        // Flyway leaves the connection as the failure left it.
        Transaction.rollBack(connection, failure);
        Optional<NonTransactionalScript> outside = told.outsideScript();
        cleanUp(way, outside.orElse(null), failure);
        History after = History.of(home);
        ResultError error = told.describe(after);
        if (cause != null) {
            Duration limit = home.timeouts().statement();
            Optional<ScriptFailure.Kind> kind = FailureKind.of(cause, connection, took, limit);
            if (kind.isPresent()
                    && (!told.isOutsideTransaction()
                            || outside.filter(NonTransactionalScript::canRunAgain)
                                    .isPresent())) {
                throw new ScriptFailure(kind.get(), error, cause);
            }
            if (FailureKind.isTimeout(cause, took, limit)) {
                error = FlywayFailure.with(error, FailureKind.advice(limit));
            }
        }
        return new MigrationResult.Failed(tracker.first(after), version(after), tracker.applied(after), error);
    }

    private static void cleanUp(FlywayRun way, @Nullable NonTransactionalScript script, FlywayException failure) {
        try {
            way.putBackMark();
            if (script != null) {
                way.cleanUp(script);
            }
        } catch (SQLException later) {
            failure.addSuppressed(later);
        }
    }

    private static @Nullable String version(History history) {
        return history.current().map(MigrationVersion::getVersion).orElse(null);
    }
}
