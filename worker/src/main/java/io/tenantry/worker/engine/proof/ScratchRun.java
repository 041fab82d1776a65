package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.PlannedScript;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.flyway.FlywayFailure;
import io.tenantry.worker.engine.flyway.HomeLockGuard;
import io.tenantry.worker.engine.flyway.MarkRestorer;
import io.tenantry.worker.engine.flyway.RunningStatement;
import io.tenantry.worker.engine.flyway.ScriptIsolation;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.TooMuchSentException;
import io.tenantry.worker.engine.plan.PlanExecutor;
import io.tenantry.worker.engine.plan.PlanSql;
import io.tenantry.worker.engine.snapshot.TableColumn;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
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
 * Brings a scratch home from nothing to the newest version, and reads its state at each version. For use by one thread.
 *
 * @param boundary what is known of the scripts
 * @param path the migrations of a new home, in order
 * @param endNanos when to stop for lack of time, as {@link System#nanoTime}
 */
record ScratchRun(
        MigrationCatalog catalog, Scratch scratch, SchemaBoundaryCheck boundary, List<Migration> path, long endNanos) {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchRun.class);
    /** insufficient_privilege. */
    private static final String NO_RIGHT = "42501";

    /**
     * active_sql_transaction, no_active_sql_transaction, invalid_transaction_termination, object_in_use,
     * unsafe_new_enum_value_usage.
     */
    private static final Set<String> ONLY_WHEN_HELD = Set.of("25001", "25P01", "2D000", "55006", "55P04");

    /**
     * How far a run came.
     *
     * @param states after each migration of the path, as far as it came
     * @param failure why Flyway could not go on; null if it could
     */
    record Result(List<SchemaState> states, @Nullable ResultError failure) {}

    /**
     * By plan wherever there is a candidate; one whose plan fails is refused, and left to Flyway. It ends where a script
     * is found that must not run here, and where nobody can see what one leaves.
     */
    Result byPlan(PlanCandidates candidates, SchemaStateReader look) throws SQLException {
        scratch.drop();
        List<SchemaState> states = new ArrayList<>();
        holdIfWhole();
        executor(candidates.plans(), new History(List.of())).create(List.of());
        for (Migration migration : path) {
            if (!hasTime()) {
                break;
            }
            if (boundary.isUnchecked(migration)) {
                boundary.tryOne(path.subList(0, path.indexOf(migration) + 1));
                if (boundary.refuses()) {
                    return new Result(states, null);
                }
            }
            Optional<String> end = whyEnd(migration);
            if (end.isPresent()) {
                refuseFrom(states.size(), candidates, end.get());
                break;
            }
            boundary.whyWithoutPlan(migration).ifPresent(reason -> candidates.refuse(migration, reason));
            if (candidates.has(migration)) {
                apply(candidates, migration).ifPresent(reason -> candidates.refuse(migration, reason));
            }
            if (!candidates.has(migration)) {
                Optional<ResultError> failure = runFlyway(states.size() + 1, null);
                if (failure.isPresent()) {
                    refuseFrom(
                            states.size(),
                            candidates,
                            "it fails in the trial: " + failure.get().message());
                    return new Result(states, failure.get());
                }
            }
            Optional<SchemaState> state = state(look, states);
            if (state.isEmpty()) {
                candidates.refuse(migration, "what it leaves cannot be read by this role");
                break;
            }
            states.add(state.get());
        }
        return new Result(states, null);
    }

    /** Why the run ends before the script; if it does not, all is rolled back from now on, if the script needs that. */
    private Optional<String> whyEnd(Migration migration) throws SQLException {
        if (scratch.isHeld() && scratch.blocksOthers()) {
            return Optional.of("to try it out would keep others from tables that all share");
        }
        Optional<String> end = boundary.whyEnd(migration, scratch.isHeld());
        if (end.isEmpty() && boundary.mustBeRolledBack(migration)) {
            scratch.hold();
        }
        return end;
    }

    /** Even the making of the home is told to event triggers. */
    private void holdIfWhole() throws SQLException {
        if (boundary.hasEventTriggers()) {
            scratch.hold();
        }
    }

    private void refuseFrom(int place, PlanCandidates candidates, String reason) {
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
    private Optional<String> apply(PlanCandidates candidates, Migration migration) throws SQLException {
        String traces = SessionState.of(scratch.connection());
        PlanExecutor executor = executor(
                candidates.plans(),
                History.of(scratch.connection(), scratch.home().schema()));
        boolean fails;
        try {
            fails = executor.apply(List.of(migration)) != PlanExecutor.End.DONE;
        } catch (TooMuchSentException failure) {
            throw scratch.broken(failure);
        } catch (SQLException failure) {
            fails = true;
        }
        scratch.afterScript();
        if (traces.equals(SessionState.of(scratch.connection()))) {
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
    void withRows(PlanCandidates candidates, int count) throws SQLException {
        try {
            tryWithRows(candidates, count);
        } catch (TooMuchSentException failure) {
            throw failure.withSampleRows();
        } catch (SQLException failure) {
            logUntried("the scripts", FailureKind.firstLines(failure.getMessage()));
            scratch.recover();
        }
    }

    private void tryWithRows(PlanCandidates candidates, int count) throws SQLException {
        RowsTrial trial = new RowsTrial(scratch, candidates, this::hasTime);
        int last = count;
        while (last > 0 && !trial.concerns(path.get(last - 1))) {
            last--;
        }
        scratch.drop();
        holdIfWhole();
        executor(candidates.plans(), new History(List.of())).create(List.of());
        for (int i = 0; i < last; i++) {
            Migration migration = path.get(i);
            Optional<String> end = boundary.whyEndWithRows(migration);
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
    Result byFlyway(SchemaStateReader look) throws SQLException {
        scratch.drop();
        holdIfWhole();
        scratch.create();
        int free = 0;
        while (free < path.size() && isFree(path.get(free))) {
            free++;
        }
        int end = free;
        while (end < path.size() && boundary.whyEnd(path.get(end), true).isEmpty()) {
            end++;
        }
        Watch watch = new Watch(look);
        Optional<ResultError> failure = free == 0 ? Optional.empty() : runFlyway(free, watch);
        if (failure.isEmpty() && end > free) {
            scratch.hold();
            failure = runFlyway(end, watch);
        }
        if (watch.ended) {
            return new Result(watch.states, null);
        }
        if (end > 0) {
            watch.look();
        }
        return new Result(watch.states, failure.filter(this::isToldOfTenants).orElse(null));
    }

    /** Whether it says what new tenants will meet: not if it fails only since all is in one transaction here. */
    private boolean isToldOfTenants(ResultError failure) {
        return !scratch.isHeld() || !ONLY_WHEN_HELD.contains(String.valueOf(failure.sqlState()));
    }

    /** Whether it may be committed. */
    private boolean isFree(Migration migration) {
        return !boundary.mustBeRolledBack(migration)
                && boundary.whyEnd(migration, false).isEmpty();
    }

    /**
     * All in one transaction; empty if that fails. Nothing can be tried after it: together they may send more than is
     * received, which ends the session.
     *
     * @param leftOut columns that the digests of rows do not count
     */
    Optional<SchemaState> atOnce(List<PlannedScript> scripts, Set<TableColumn> leftOut) throws SQLException {
        boolean held = scratch.isHeld();
        scratch.drop();
        if (held) {
            scratch.hold();
        }
        PlanExecutor executor = executor(Plans.NONE, new History(List.of()));
        SingleTransactionCheck check = new SingleTransactionCheck(
                scratch.home().schema(), scratch.timeouts().lock());
        Optional<SchemaState> state = Optional.empty();
        try {
            if (executor.create(scripts.stream().map(check::in).toList()) == PlanExecutor.End.DONE) {
                state = state((connection, schema, before) -> SchemaState.of(connection, schema, leftOut), List.of());
            }
        } catch (TooMuchSentException failure) {
            scratch.broken(failure);
            return Optional.empty();
        } catch (SQLException failure) {
            state = Optional.empty();
        }
        scratch.renewSession();
        return state;
    }

    /** Brings the home on to the migration at this place of the path. */
    private Optional<ResultError> runFlyway(int count, @Nullable Watch watch) throws SQLException {
        Set<String> rest = new HashSet<>();
        catalog.migrations().forEach(migration -> rest.add(migration.script()));
        path.subList(0, count).forEach(migration -> rest.remove(migration.script()));
        ReceiveLimit limit = scratch.session().limit();
        RunningStatement running = new RunningStatement();
        try (limit) {
            Callback each = new ScriptIsolation(limit);
            MarkRestorer keeper = new MarkRestorer(scratch.connection(), scratch.home());
            Callback lock = new HomeLockGuard(scratch.home().lockKey(), catalog.scripts());
            FlywayEngine.configure(catalog.sources().without(rest), scratch.forFlyway(), scratch.home())
                    .callbacks(
                            watch == null
                                    ? new Callback[] {each, keeper, lock, running}
                                    : new Callback[] {watch, each, keeper, lock, running})
                    .load()
                    .migrate();
            keeper.keep();
            return Optional.empty();
        } catch (FlywayException failure) {
            if (limit.isStopped()) {
                throw scratch.broken(limit.script(), limit, failure);
            }
            scratch.recover();
            return Optional.of(new FlywayFailure(catalog, scratch.home(), failure, running.script())
                    .describe(History.of(scratch.connection(), scratch.home().schema())));
        } finally {
            scratch.renewSession();
        }
    }

    private PlanExecutor executor(Plans plans, History history) {
        return PlanExecutor.forTrial(
                scratch.session(),
                scratch.timeouts(),
                scratch.isHeld() ? PlanSql.Bounds.SAVEPOINT : PlanSql.Bounds.TRANSACTION,
                plans,
                history);
    }

    /** Empty if this role may not see all of it: policies can be forced upon the owner of a table. */
    private Optional<SchemaState> state(SchemaStateReader look, List<SchemaState> before) throws SQLException {
        try (ReceiveLimit.Pause unused = ReceiveLimit.pause()) {
            return Optional.of(look.at(scratch.connection(), scratch.home().schema(), before));
        } catch (SQLException failure) {
            if (NO_RIGHT.equals(failure.getSQLState())) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** Looks at the state that a migration has left, when the next one begins. */
    private final class Watch implements Callback {
        private final SchemaStateReader look;
        private final List<SchemaState> states = new ArrayList<>();
        private boolean begun;
        private boolean ended;
        private boolean blind;

        private Watch(SchemaStateReader look) {
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
                throw new FlywayException("the state before it could not be looked at", failure);
            }
        }

        private void look() throws SQLException {
            Optional<SchemaState> state = blind ? Optional.empty() : state(look, states);
            blind = state.isEmpty();
            state.ifPresent(states::add);
        }

        @Override
        public String getCallbackName() {
            return "watch";
        }
    }
}
