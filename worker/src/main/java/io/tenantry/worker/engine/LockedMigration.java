package io.tenantry.worker.engine;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.flyway.FlywayFailure;
import io.tenantry.worker.engine.flyway.FlywayRun;
import io.tenantry.worker.engine.history.AppliedBy;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HomeFingerprint;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.MigrationState;
import io.tenantry.worker.engine.history.ScriptFailure;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.TargetCheck;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.Transaction;
import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt at one locked home by Flyway. For use by one thread. */
final class LockedMigration {
    private static final Logger LOG = LoggerFactory.getLogger(LockedMigration.class);

    private final MigrationCatalog catalog;
    private final LockedHome home;
    private final VersionTracker tracker;
    private final FlywayRun flyway;
    private final List<Migration> migrations;

    LockedMigration(MigrationCatalog catalog, LockedHome home, VersionTracker tracker) {
        this.catalog = catalog;
        this.home = home;
        this.tracker = tracker;
        this.flyway = new FlywayRun(catalog, home, tracker);
        this.migrations = catalog.migrationsFor(home.home());
    }

    /**
     * Brings the home to the target.
     *
     * @throws SQLException as in {@link Migrator#migrate}
     */
    MigrationResult run(Target target) throws SQLException {
        tracker.locked(home.lockedAt());
        History before = History.of(home);
        tracker.first(before);
        Optional<MigrationResult> refusal = TargetCheck.refuse(catalog, target, before.current());
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Optional<ResultError> unrepaired = flyway.repair(before);
        if (unrepaired.isPresent()) {
            return failed(before, unrepaired.get());
        }
        MigrationState state = MigrationState.of(
                migrations,
                before.withoutFailures(catalog.plans().outside().keySet()),
                target.limit(),
                catalog.isOutOfOrder());
        Optional<ResultError> tooMuch =
                tracker.tooMuch(state instanceof MigrationState.Behind behind ? behind.pending() : List.of());
        if (tooMuch.isPresent()) {
            return failed(before, tooMuch.get());
        }
        if (state instanceof MigrationState.UpToDate) {
            return migrated(before, before, List.of());
        }
        try {
            flyway.run(state, target);
        } catch (FlywayException failure) {
            return afterFailure(before, target, failure);
        }
        tracker.applied(AppliedBy.FLYWAY, flyway.applied().size());
        return migrated(before, History.of(home), flyway.applied());
    }

    private MigrationResult migrated(History before, History after, List<String> appliedNow) {
        List<String> applied = new ArrayList<>(tracker.applied(before));
        applied.addAll(appliedNow);
        return new MigrationResult.Migrated(
                tracker.first(before),
                after.version(),
                applied,
                HomeFingerprint.of(catalog, migrations, after).orElse(null));
    }

    private MigrationResult failed(History now, ResultError error) {
        return new MigrationResult.Failed(tracker.first(now), now.version(), tracker.applied(now), error);
    }

    private MigrationResult afterFailure(History before, Target target, FlywayException failure) throws SQLException {
        Duration took = flyway.running().sinceStatement();
        FlywayFailure details = new FlywayFailure(
                catalog, home.home(), failure, flyway.running().script());
        SQLException cause = SqlFailure.sqlCause(failure);
        if (!FailureKind.isSound(home.connection())) {
            throw new ScriptFailure(ScriptFailure.Kind.SESSION_ENDED, details.describe(new History(List.of())), cause);
        }
        // Flyway leaves the connection as the failure left it.
        Transaction.rollBack(home.connection(), failure);
        cleanUp(details.outsideScript().orElse(null), failure);
        History after = History.of(home);
        tracker.applied(AppliedBy.FLYWAY, after.scriptsAfter(before.lastRank()));
        if (cause == null
                && !details.isOfScript()
                && after.rows().size() > before.rows().size()) {
            // Flyway's own work between two scripts failed. The first script may have given back Flyway's lock, say.
            LOG.info(
                    "Flyway failed in {} after it had applied a script ({}); the run goes on from version {}",
                    home.home(),
                    failure.getMessage(),
                    after.version());
            return new LockedMigration(catalog, home, tracker).run(target);
        }
        ResultError error = details.describe(after);
        return failed(after, cause == null ? error : unlessItMayPass(details, cause, took, error));
    }

    /**
     * The error of a script that another attempt would not help, with advice.
     *
     * @param took how long the statement ran at most
     * @throws ScriptFailure if another attempt may help
     */
    private ResultError unlessItMayPass(FlywayFailure details, SQLException cause, Duration took, ResultError error)
            throws SQLException {
        Duration limit = home.timeouts().statement();
        Optional<ScriptFailure.Kind> kind = FailureKind.of(cause, home.connection(), took, limit);
        if (kind.isPresent() && canRunAgain(details)) {
            throw new ScriptFailure(kind.get(), error, cause);
        }
        return FailureKind.isTimeout(cause, took, limit) ? FlywayFailure.with(error, FailureKind.advice(limit)) : error;
    }

    private static boolean canRunAgain(FlywayFailure details) {
        return !details.isOutsideTransaction()
                || details.outsideScript()
                        .filter(NonTransactionalScript::canRunAgain)
                        .isPresent();
    }

    private void cleanUp(@Nullable NonTransactionalScript script, FlywayException failure) {
        try {
            flyway.putBackMark();
            if (script != null) {
                flyway.cleanUp(script);
            }
        } catch (SQLException later) {
            failure.addSuppressed(later);
        }
    }
}
