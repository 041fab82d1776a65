package io.tenantry.worker.engine.plan;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HistoryRow;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.Peek;
import io.tenantry.worker.engine.history.Sightings;
import io.tenantry.worker.engine.history.Standing;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.TargetCheck;
import io.tenantry.worker.postgres.HomeSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/** The short way of one attempt at one home: plans, and no Flyway. For use by one thread. */
public final class ByPlan {
    private static final History NOTHING = new History(List.of());
    /** How often a home is looked at when it changes meanwhile. */
    private static final int LOOKS = 3;

    private final MigrationCatalog catalog;
    private final HomeSession session;
    private final Sightings sightings;
    private final List<Migration> migrations;

    public ByPlan(MigrationCatalog catalog, HomeSession session, Sightings sightings) {
        this.catalog = catalog;
        this.session = session;
        this.sightings = sightings;
        this.migrations = catalog.migrationsFor(session.home());
    }

    /**
     * Brings it to the target.
     *
     * @param registered the version that it probably has; null if unknown
     */
    public Shortcut bring(Target target, @Nullable String registered) throws SQLException {
        Optional<Shortcut> guessed = registered == null ? Optional.empty() : guess(target, registered);
        return guessed.isPresent() ? guessed.get() : look(target);
    }

    /** Makes it, and brings it to the newest version. */
    public Shortcut create() throws SQLException {
        List<Migration> path = Standing.forNewHome(migrations, null);
        if (sightings.tooMuch(path).isPresent()) {
            return look(new Target.Latest());
        }
        Plans plans = catalog.plans().forNewHome();
        Optional<List<PlannedScript>> all =
                plans.atOnce() && !sightings.notAtOnce() ? suitable(plans, path) : Optional.empty();
        if (all.isEmpty() && suitable(plans, path.stream().limit(1).toList()).isEmpty()) {
            return new Shortcut.None();
        }
        Planner planner = new Planner(session, plans, NOTHING, sightings);
        Planner.End end = planner.create(all.orElse(List.of()));
        if (end == Planner.End.DONE) {
            sightings.first(NOTHING);
            end = all.isPresent() ? end : planner.apply(path);
        }
        return end == Planner.End.CHANGED || end == Planner.End.BUSY
                ? look(new Target.Latest())
                : conclude(end, NOTHING, planner);
    }

    /** The plans of all these; empty if one has none, or none for this home. */
    private Optional<List<PlannedScript>> suitable(Plans plans, List<Migration> migrations) {
        return plans.all(migrations)
                .filter(scripts -> scripts.stream().allMatch(script -> script.suits(session.home())));
    }

    /** If the history is what the registry has it for, the first script can go without a look before. */
    private Optional<Shortcut> guess(Target target, String registered) throws SQLException {
        MigrationVersion from = MigrationVersion.fromVersion(registered);
        @Nullable MigrationVersion limit = target.limit();
        if (limit != null && !catalog.has(limit.getVersion())) {
            return Optional.empty();
        }
        List<HistoryRow> rows = new ArrayList<>();
        List<Migration> pending = new ArrayList<>();
        for (Migration migration : migrations) {
            MigrationVersion version = migration.version();
            if (version == null || migration.isBaseline()) {
                return Optional.empty();
            }
            if (version.compareTo(from) <= 0) {
                rows.add(HistoryRow.of(rows.size() + 1, migration));
            } else if (limit == null || version.compareTo(limit) <= 0) {
                pending.add(migration);
            }
        }
        if (pending.isEmpty() || rows.isEmpty() || sightings.tooMuch(pending).isPresent()) {
            return Optional.empty();
        }
        History before = new History(rows);
        Planner planner = new Planner(session, catalog.plans(), before, sightings);
        Planner.End end;
        try {
            end = planner.apply(pending);
        } finally {
            if (planner.history().rows().size() > rows.size()) {
                sightings.first(before);
            }
        }
        return end == Planner.End.CHANGED || end == Planner.End.BUSY
                ? Optional.empty()
                : Optional.of(conclude(end, before, planner));
    }

    private Shortcut look(Target target) throws SQLException {
        for (int looks = 0; looks < LOOKS; looks++) {
            Optional<Peek> peek = Peek.at(session);
            if (peek.isEmpty() || !peek.get().marked()) {
                return new Shortcut.None();
            }
            if (!peek.get().free()) {
                return new Shortcut.Busy();
            }
            History history = peek.get().history();
            sightings.first(history);
            Optional<MigrationResult> refusal = TargetCheck.refuse(catalog, target, history.current());
            if (refusal.isPresent()) {
                return new Shortcut.Done(refusal.get(), sightings.lastLocked());
            }
            Planner planner = new Planner(session, catalog.plans(), history, sightings);
            Standing standing = Standing.of(migrations, history, target.limit(), catalog.isOutOfOrder());
            Optional<ResultError> tooMuch =
                    sightings.tooMuch(standing instanceof Standing.Behind late ? late.pending() : List.of());
            if (tooMuch.isPresent()) {
                return failed(history, tooMuch.get());
            }
            Planner.End end = standing instanceof Standing.Behind behind
                    ? planner.apply(behind.pending())
                    : standing instanceof Standing.UpToDate ? Planner.End.DONE : Planner.End.STUCK;
            if (end != Planner.End.CHANGED && end != Planner.End.BUSY) {
                return conclude(end, history, planner);
            }
        }
        // It changes all the time. Whoever has the lock finds out.
        return new Shortcut.None();
    }

    private Shortcut failed(History history, ResultError error) {
        @Nullable String from = sightings.first(history);
        return new Shortcut.Done(
                new MigrationResult.Failed(from, version(history), sightings.applied(history), error),
                sightings.lastLocked());
    }

    private Shortcut conclude(Planner.End end, History before, Planner planner) {
        if (end != Planner.End.DONE && end != Planner.End.TOO_LONG) {
            return new Shortcut.None();
        }
        History after = planner.history();
        @Nullable String from = sightings.first(before);
        List<String> applied = new ArrayList<>(sightings.applied(before));
        applied.addAll(planner.applied());
        return new Shortcut.Done(
                end == Planner.End.DONE
                        ? new MigrationResult.Migrated(from, version(after), applied)
                        : new MigrationResult.Failed(from, version(after), applied, planner.error()),
                sightings.lastLocked());
    }

    private static @Nullable String version(History history) {
        return history.current().map(MigrationVersion::getVersion).orElse(null);
    }
}
