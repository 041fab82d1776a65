package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.flyway.EachScript;
import io.tenantry.worker.engine.flyway.FlywayFailure;
import io.tenantry.worker.engine.flyway.LockKeeper;
import io.tenantry.worker.engine.flyway.MarkKeeper;
import io.tenantry.worker.engine.flyway.Whereabouts;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.engine.plan.PlanSql;
import io.tenantry.worker.engine.plan.Planner;
import io.tenantry.worker.engine.snapshot.TableColumn;
import io.tenantry.worker.postgres.ReceiveLimit;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a scratch home from nothing to the newest version, with a look at each stage. For use by one thread.
 *
 * @param trespass what is known of the scripts
 * @param path the migrations of a new home, in order
 * @param endNanos when to stop for lack of time, as {@link System#nanoTime}
 */
record Walk(MigrationCatalog catalog, Scratch scratch, Trespass trespass, List<Migration> path, long endNanos) {
    private static final Logger LOG = LoggerFactory.getLogger(Walk.class);
    /** insufficient_privilege. */
    private static final String NO_RIGHT = "42501";

    /**
     * active_sql_transaction, no_active_sql_transaction, invalid_transaction_termination, object_in_use,
     * unsafe_new_enum_value_usage.
     */
    private static final Set<String> ONLY_WHEN_HELD = Set.of("25001", "25P01", "2D000", "55006", "55P04");

    /**
     * How far a walk came.
     *
     * @param stages after each migration of the path, as far as it came
     * @param failure why Flyway could not go on; null if it could
     */
    record Trail(List<Stage> stages, @Nullable ResultError failure) {}

    /**
     * By plan wherever there is a candidate; one whose plan fails is refused, and left to Flyway. It ends where a script
     * is found that must not run here, and where nobody can see what one leaves.
     */
    Trail byPlan(Candidates candidates, Look look) throws SQLException {
        scratch.drop();
        List<Stage> stages = new ArrayList<>();
        holdIfWhole();
        planner(candidates.plans(), new History(List.of())).create(List.of());
        for (Migration migration : path) {
            if (!hasTime()) {
                break;
            }
            if (trespass.isUnchecked(migration)) {
                trespass.tryOne(path.subList(0, path.indexOf(migration) + 1));
                if (trespass.refuses()) {
                    return new Trail(stages, null);
                }
            }
            Optional<String> end = whyEnd(migration);
            if (end.isPresent()) {
                refuseFrom(stages.size(), candidates, end.get());
                break;
            }
            trespass.whyWithoutPlan(migration).ifPresent(reason -> candidates.refuse(migration, reason));
            if (candidates.has(migration)) {
                apply(candidates, migration).ifPresent(reason -> candidates.refuse(migration, reason));
            }
            if (!candidates.has(migration)) {
                Optional<ResultError> failure = runFlyway(stages.size() + 1, null);
                if (failure.isPresent()) {
                    refuseFrom(
                            stages.size(),
                            candidates,
                            "it fails in the trial: " + failure.get().message());
                    return new Trail(stages, failure.get());
                }
            }
            Optional<Stage> stage = stage(look, stages);
            if (stage.isEmpty()) {
                candidates.refuse(migration, "what it leaves cannot be read by this role");
                break;
            }
            stages.add(stage.get());
        }
        return new Trail(stages, null);
    }

    /** Why the walk ends before the script; if it does not, all is rolled back from now on, if the script needs that. */
    private Optional<String> whyEnd(Migration migration) throws SQLException {
        if (scratch.isHeld() && scratch.blocksOthers()) {
            return Optional.of("to try it out would keep others from tables that all share");
        }
        Optional<String> end = trespass.whyEnd(migration, scratch.isHeld());
        if (end.isEmpty() && trespass.mustBeRolledBack(migration)) {
            scratch.hold();
        }
        return end;
    }

    /** Even the making of the home is told to event triggers. */
    private void holdIfWhole() throws SQLException {
        if (trespass.hasEventTriggers()) {
            scratch.hold();
        }
    }

    private void refuseFrom(int place, Candidates candidates, String reason) {
        Migration first = path.get(place);
        candidates.refuse(first, reason);
        path.subList(place + 1, path.size())
                .forEach(migration -> candidates.refuse(
                        migration, "it cannot be tried out without " + first.script() + " before it"));
    }

    boolean hasTime() {
        return System.nanoTime() - endNanos < 0;
    }

    /** By plan; says why Flyway must do it, if it must. */
    private Optional<String> apply(Candidates candidates, Migration migration) throws SQLException {
        String traces = SessionTraces.of(scratch.connection());
        Planner planner = planner(
                candidates.plans(),
                History.of(scratch.connection(), scratch.home().schema()));
        boolean fails;
        try {
            fails = planner.apply(List.of(migration)) != Planner.End.DONE;
        } catch (TooMuchSentException failure) {
            throw scratch.broken(failure);
        } catch (SQLException failure) {
            fails = true;
        }
        scratch.afterScript();
        if (traces.equals(SessionTraces.of(scratch.connection()))) {
            return fails ? Optional.of("its plan fails") : Optional.empty();
        }
        scratch.renewSession();
        return Optional.of(fails ? "its plan fails" : "it changes the session");
    }

    /**
     * By plan once more, with sample rows for each script that may meet rows. One whose plan then leaves something else is kept
     * for new homes. What fails here was proven without rows: it keeps its plan.
     *
     * @param count how many migrations of the path are proven
     */
    void withRows(Candidates candidates, int count) throws SQLException {
        try {
            tryWithRows(candidates, count);
        } catch (TooMuchSentException failure) {
            throw failure.withSampleRows();
        } catch (SQLException failure) {
            logUntried("the scripts", FailureKind.firstLines(failure.getMessage()));
            scratch.recover();
        }
    }

    private void tryWithRows(Candidates candidates, int count) throws SQLException {
        RowsTrial trial = new RowsTrial(scratch, candidates, this::hasTime);
        int last = count;
        while (last > 0 && !trial.concerns(path.get(last - 1))) {
            last--;
        }
        scratch.drop();
        holdIfWhole();
        planner(candidates.plans(), new History(List.of())).create(List.of());
        for (int i = 0; i < last; i++) {
            Migration migration = path.get(i);
            Optional<String> end = trespass.whyEndWithRows(migration);
            if (end.isEmpty()) {
                end = whyEnd(migration);
            }
            if (end.isEmpty() && i > 0 && trial.concerns(migration) && trial.differs(migration)) {
                candidates.keepForNewHomes(
                        migration, "its plan leaves something else than Flyway where there are rows");
            }
            if (end.isEmpty() && !hasTime()) {
                end = Optional.of("the time for trials is over");
            }
            if (end.isEmpty()
                    && (!candidates.has(migration)
                            || apply(candidates, migration).isPresent())) {
                end = runFlyway(i + 1, null).map(failure -> "it fails there: " + failure.message());
            }
            if (end.isPresent()) {
                logUntried(migration.script() + " and those after it", end.get());
                return;
            }
        }
    }

    private void logUntried(String what, String why) {
        LOG.warn(
                "database {}: {} were not all tried with sample rows ({}); they keep the plans that were"
                        + " proven without rows",
                catalog.database(),
                what,
                why);
    }

    /** All by Flyway, as far as {@link #byPlan} could go; to be called after it. */
    Trail byFlyway(Look look) throws SQLException {
        scratch.drop();
        holdIfWhole();
        scratch.create();
        int free = 0;
        while (free < path.size() && isFree(path.get(free))) {
            free++;
        }
        int end = free;
        while (end < path.size() && trespass.whyEnd(path.get(end), true).isEmpty()) {
            end++;
        }
        Watch watch = new Watch(look);
        Optional<ResultError> failure = free == 0 ? Optional.empty() : runFlyway(free, watch);
        if (failure.isEmpty() && end > free) {
            scratch.hold();
            failure = runFlyway(end, watch);
        }
        if (watch.ended) {
            return new Trail(watch.stages, null);
        }
        if (end > 0) {
            watch.look();
        }
        return new Trail(watch.stages, failure.filter(this::isToldOfTenants).orElse(null));
    }

    /** Whether it says what new tenants will meet: not if it fails only since all is in one transaction here. */
    private boolean isToldOfTenants(ResultError failure) {
        return !scratch.isHeld() || !ONLY_WHEN_HELD.contains(String.valueOf(failure.sqlState()));
    }

    /** Whether it may be committed. */
    private boolean isFree(Migration migration) {
        return !trespass.mustBeRolledBack(migration)
                && trespass.whyEnd(migration, false).isEmpty();
    }

    /**
     * All in one transaction; empty if that fails. Nothing can be tried after it: together they may send more than is
     * received, which ends the session.
     *
     * @param leftOut columns that the digests of rows do not count
     */
    Optional<Stage> atOnce(List<PlannedScript> scripts, Set<TableColumn> leftOut) throws SQLException {
        boolean held = scratch.isHeld();
        scratch.drop();
        if (held) {
            scratch.hold();
        }
        Planner planner = planner(Plans.NONE, new History(List.of()));
        AtOnceCheck check =
                new AtOnceCheck(scratch.home().schema(), scratch.timeouts().lock());
        Optional<Stage> stage = Optional.empty();
        try {
            if (planner.create(scripts.stream().map(check::in).toList()) == Planner.End.DONE) {
                stage = stage((connection, schema, before) -> Stage.of(connection, schema, leftOut), List.of());
            }
        } catch (TooMuchSentException failure) {
            scratch.broken(failure);
            return Optional.empty();
        } catch (SQLException failure) {
            stage = Optional.empty();
        }
        scratch.renewSession();
        return stage;
    }

    /** Brings the home on to the migration at this place of the path. */
    private Optional<ResultError> runFlyway(int count, @Nullable Watch watch) throws SQLException {
        Set<String> rest = new HashSet<>();
        catalog.migrations().forEach(migration -> rest.add(migration.script()));
        path.subList(0, count).forEach(migration -> rest.remove(migration.script()));
        ReceiveLimit limit = scratch.session().limit();
        Whereabouts whereabouts = new Whereabouts();
        try (limit) {
            Callback each = new EachScript(limit);
            MarkKeeper keeper = new MarkKeeper(scratch.connection(), scratch.home());
            Callback lock = new LockKeeper(scratch.home().lockKey(), catalog.scripts());
            FlywayEngine.configure(catalog.sources().without(rest), scratch.forFlyway(), scratch.home())
                    .callbacks(
                            watch == null
                                    ? new Callback[] {each, keeper, lock, whereabouts}
                                    : new Callback[] {watch, each, keeper, lock, whereabouts})
                    .load()
                    .migrate();
            keeper.keep();
            return Optional.empty();
        } catch (FlywayException failure) {
            if (limit.isStopped()) {
                throw scratch.broken(limit.script(), limit, failure);
            }
            scratch.recover();
            return Optional.of(new FlywayFailure(catalog, scratch.home(), failure, whereabouts.script())
                    .describe(History.of(scratch.connection(), scratch.home().schema())));
        } finally {
            scratch.renewSession();
        }
    }

    private Planner planner(Plans plans, History history) {
        return Planner.forTrial(
                scratch.session(),
                scratch.timeouts(),
                scratch.isHeld() ? PlanSql.Bounds.SAVEPOINT : PlanSql.Bounds.TRANSACTION,
                plans,
                history);
    }

    /** Empty if this role may not see all of it: policies can be forced upon the owner of a table. */
    private Optional<Stage> stage(Look look, List<Stage> before) throws SQLException {
        try (ReceiveLimit.Pause unused = ReceiveLimit.pause()) {
            return Optional.of(look.at(scratch.connection(), scratch.home().schema(), before));
        } catch (SQLException failure) {
            if (NO_RIGHT.equals(failure.getSQLState())) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** Looks at the stage that a migration has left, when the next one begins. */
    private final class Watch implements Callback {
        private final Look look;
        private final List<Stage> stages = new ArrayList<>();
        private boolean begun;
        private boolean ended;
        private boolean blind;

        private Watch(Look look) {
            this.look = look;
        }

        @Override
        public boolean supports(Event event, @Nullable Context context) {
            return event == Event.BEFORE_EACH_MIGRATE;
        }

        @Override
        public boolean canHandleInTransaction(Event event, @Nullable Context context) {
            return true;
        }

        @Override
        public void handle(Event event, Context context) {
            try {
                if (begun) {
                    look();
                }
                begun = true;
                if (scratch.isHeld() && scratch.blocksOthers()) {
                    ended = true;
                    throw new FlywayException("the trial ends here: it keeps others from tables that all share");
                }
            } catch (SQLException failure) {
                throw new FlywayException("the stage before it could not be looked at", failure);
            }
        }

        private void look() throws SQLException {
            Optional<Stage> stage = blind ? Optional.empty() : stage(look, stages);
            blind = stage.isEmpty();
            stage.ifPresent(stages::add);
        }

        @Override
        public String getCallbackName() {
            return "watch";
        }
    }
}
