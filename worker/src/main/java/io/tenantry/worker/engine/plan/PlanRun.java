package io.tenantry.worker.engine.plan;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.history.ExpectedHistory;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HomeFingerprint;
import io.tenantry.worker.engine.history.HomeProbe;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.MigrationState;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.TargetCheck;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.postgres.home.HomeSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/** One attempt at one home by plans alone, without Flyway. For use by one thread. */
public final class PlanRun {
    private static final History NOTHING = new History(List.of());
    /** How often a home is read again when it has changed since it was read. */
    private static final int LOOKS = 3;

    private final MigrationCatalog catalog;
    private final Optional<ExpectedHistory> expected;
    private final HomeSession session;
    private final VersionTracker tracker;
    private final List<Migration> migrations;

    /** @param expected of the catalog */
    public PlanRun(
            MigrationCatalog catalog, Optional<ExpectedHistory> expected, HomeSession session, VersionTracker tracker) {
        this.catalog = catalog;
        this.expected = expected;
        this.session = session;
        this.tracker = tracker;
        this.migrations = catalog.migrationsFor(session.home());
    }

    /**
     * Brings the home to the target.
     *
     * @param registered the version that it probably has; null if unknown
     */
    public PlanOutcome bring(Target target, @Nullable String registered) throws SQLException {
        Optional<PlanOutcome> guessed =
                registered == null || expected.isEmpty() ? Optional.empty() : guess(expected.get(), target, registered);
        return guessed.isPresent() ? guessed.get() : look(target);
    }

    /** Creates the home, and brings it to the newest version. */
    public PlanOutcome create() throws SQLException {
        List<Migration> path = MigrationState.forNewHome(migrations, null);
        if (tracker.tooMuch(path).isPresent()) {
            return look(new Target.Latest());
        }
        Plans plans = catalog.plans().forNewHome();
        Optional<List<PlannedScript>> all =
                plans.atOnce() && !tracker.notAtOnce() ? suitable(plans, path) : Optional.empty();
        if (all.isEmpty() && suitable(plans, path.stream().limit(1).toList()).isEmpty()) {
            return new PlanOutcome.None();
        }
        PlanExecutor executor = new PlanExecutor(session, plans, NOTHING, tracker);
        PlanExecutor.End end = executor.create(all.orElse(List.of()));
        if (end == PlanExecutor.End.DONE) {
            tracker.first(NOTHING);
            end = all.isPresent() ? end : executor.apply(path);
        }
        return end == PlanExecutor.End.CHANGED || end == PlanExecutor.End.BUSY
                ? look(new Target.Latest())
                : conclude(end, NOTHING, executor, false);
    }

    /** The plans of all these migrations; empty if one has no plan for this home. */
    private Optional<List<PlannedScript>> suitable(Plans plans, List<Migration> migrations) {
        return plans.all(migrations)
                .filter(scripts -> scripts.stream().allMatch(script -> script.suits(session.home())));
    }

    /**
     * Sends the first script without reading the home, on the assumption that the home is at the registered version.
     */
    private Optional<PlanOutcome> guess(ExpectedHistory expected, Target target, String registered)
            throws SQLException {
        MigrationVersion from = MigrationVersion.fromVersion(registered);
        @Nullable MigrationVersion limit = target.limit();
        if (limit != null && !catalog.has(limit.getVersion())) {
            return Optional.empty();
        }
        History before = expected.at(from);
        List<Migration> pending = expected.pending(from, limit);
        if (pending.isEmpty()
                || before.rows().isEmpty()
                || tracker.tooMuch(pending).isPresent()) {
            return Optional.empty();
        }
        PlanExecutor executor = new PlanExecutor(session, catalog.plans(), before, tracker);
        PlanExecutor.End end;
        try {
            end = executor.apply(pending);
        } finally {
            if (executor.history() != before) {
                tracker.first(before);
            }
        }
        return end == PlanExecutor.End.CHANGED || end == PlanExecutor.End.BUSY
                ? Optional.empty()
                : Optional.of(conclude(end, before, executor, true));
    }

    private PlanOutcome look(Target target) throws SQLException {
        for (int looks = 0; looks < LOOKS; looks++) {
            Optional<HomeProbe> probe = HomeProbe.at(session);
            if (probe.isEmpty() || !probe.get().marked()) {
                return new PlanOutcome.None();
            }
            if (!probe.get().free()) {
                return new PlanOutcome.Busy();
            }
            History history = probe.get().history();
            tracker.first(history);
            Optional<MigrationResult> refusal = TargetCheck.refuse(catalog, target, history.current());
            if (refusal.isPresent()) {
                return new PlanOutcome.Done(refusal.get(), tracker.lastLocked());
            }
            PlanExecutor executor = new PlanExecutor(session, catalog.plans(), history, tracker);
            MigrationState state = MigrationState.of(migrations, history, target.limit(), catalog.isOutOfOrder());
            Optional<ResultError> tooMuch =
                    tracker.tooMuch(state instanceof MigrationState.Behind late ? late.pending() : List.of());
            if (tooMuch.isPresent()) {
                return failed(history, tooMuch.get());
            }
            PlanExecutor.End end = state instanceof MigrationState.Behind behind
                    ? executor.apply(behind.pending())
                    : state instanceof MigrationState.UpToDate ? PlanExecutor.End.DONE : PlanExecutor.End.STUCK;
            if (end != PlanExecutor.End.CHANGED && end != PlanExecutor.End.BUSY) {
                return conclude(end, history, executor, false);
            }
        }
        // The home changes all the time: the steps read it under the lock.
        return new PlanOutcome.None();
    }

    private PlanOutcome failed(History history, ResultError error) {
        @Nullable String from = tracker.first(history);
        return new PlanOutcome.Done(
                new MigrationResult.Failed(from, history.version(), tracker.applied(history), error),
                tracker.lastLocked());
    }

    /** @param isExpected whether the home has the expected history now, if all was applied */
    private PlanOutcome conclude(PlanExecutor.End end, History before, PlanExecutor executor, boolean isExpected) {
        if (end != PlanExecutor.End.DONE && end != PlanExecutor.End.TOO_LONG) {
            return new PlanOutcome.None();
        }
        History after = executor.history();
        @Nullable String from = tracker.first(before);
        List<String> applied = new ArrayList<>(tracker.applied(before));
        applied.addAll(executor.applied());
        return new PlanOutcome.Done(
                end == PlanExecutor.End.DONE
                        ? new MigrationResult.Migrated(
                                from,
                                after.version(),
                                applied,
                                fingerprint(after, isExpected).orElse(null))
                        : new MigrationResult.Failed(from, after.version(), applied, executor.error()),
                tracker.lastLocked());
    }

    private Optional<String> fingerprint(History history, boolean isExpected) {
        return isExpected
                ? history.current().flatMap(catalog.versionFingerprints()::of)
                : HomeFingerprint.of(catalog, migrations, history);
    }
}
