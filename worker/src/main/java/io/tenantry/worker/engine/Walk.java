package io.tenantry.worker.engine;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.MigrationCatalog.Migration;
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

/**
 * The way of a scratch home from nothing to the newest version, with a look at each stage. For use by one thread.
 *
 * @param path the migrations of a new home, in order
 * @param endNanos when to stop for lack of time, as {@link System#nanoTime}
 */
record Walk(MigrationCatalog catalog, Scratch scratch, List<Migration> path, long endNanos) {
    /** insufficient_privilege. */
    private static final String NO_RIGHT = "42501";

    /**
     * How far a walk came.
     *
     * @param stages after each migration of the path, as far as it came
     * @param failure why Flyway could not go on; null if it could
     */
    record Trail(List<Stage> stages, @Nullable ResultError failure) {}

    /**
     * By plan wherever there is a candidate; one whose plan fails is refused, and left to Flyway. It ends where a script
     * is found to reach outside, and where nobody can see what one leaves.
     */
    Trail byPlan(Candidates candidates, Trespass trespass, Look look) throws SQLException {
        scratch.drop();
        List<Stage> stages = new ArrayList<>();
        planner(candidates, new History(List.of())).create(List.of());
        for (Migration migration : path) {
            if (!hasTime()) {
                break;
            }
            if (trespass.isUnchecked(migration)) {
                trespass.tryOne(migration);
                if (!trespass.found().isEmpty()) {
                    return new Trail(stages, null);
                }
            }
            if (candidates.has(migration)) {
                apply(candidates, migration);
            }
            if (!candidates.has(migration)) {
                Optional<ResultError> failure = runFlyway(stages.size() + 1, null);
                if (failure.isPresent()) {
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

    boolean hasTime() {
        return System.nanoTime() - endNanos < 0;
    }

    private void apply(Candidates candidates, Migration migration) throws SQLException {
        String traces = SessionTraces.of(scratch.connection());
        Planner planner = planner(
                candidates, History.of(scratch.connection(), scratch.home().schema()));
        try {
            if (planner.apply(List.of(migration)) != Planner.End.DONE) {
                candidates.refuse(migration, "its plan fails");
            }
        } catch (TooMuchSentException failure) {
            throw scratch.broken(failure);
        } catch (SQLException failure) {
            candidates.refuse(migration, "its plan fails");
        }
        scratch.afterScript();
        if (!traces.equals(SessionTraces.of(scratch.connection()))) {
            candidates.refuse(migration, "it changes the session");
            scratch.renewSession();
        }
    }

    /**
     * By plan once more, with sample rows for each script that may meet rows. One whose plan then leaves something else is kept
     * for new homes.
     *
     * @param count how many migrations of the path are proven
     */
    void withRows(Candidates candidates, int count) throws SQLException {
        RowsTrial trial = new RowsTrial(scratch, candidates);
        int last = count;
        while (last > 0 && !trial.concerns(path.get(last - 1))) {
            last--;
        }
        scratch.drop();
        planner(candidates, new History(List.of())).create(List.of());
        for (int i = 0; i < last && hasTime(); i++) {
            Migration migration = path.get(i);
            if (i > 0 && trial.concerns(migration) && trial.differs(migration)) {
                candidates.keepForNewHomes(
                        migration, "its plan leaves something else than Flyway where there are rows");
            }
            if (candidates.has(migration)) {
                apply(candidates, migration);
            } else if (runFlyway(i + 1, null).isPresent()) {
                return;
            }
        }
    }

    /** All by Flyway. */
    Trail byFlyway(Look look) throws SQLException {
        scratch.drop();
        scratch.create();
        Watch watch = new Watch(look);
        Optional<ResultError> failure = runFlyway(path.size(), watch);
        watch.look();
        return new Trail(watch.stages, failure.orElse(null));
    }

    /**
     * All in one transaction; empty if that fails.
     *
     * @param leftOut columns that the digests of rows do not count
     */
    Optional<Stage> atOnce(List<PlannedScript> scripts, Set<TableColumn> leftOut) throws SQLException {
        scratch.drop();
        Planner planner = Planner.forTrial(scratch.session(), scratch.timeouts(), Plans.NONE, new History(List.of()));
        AtOnceCheck check =
                new AtOnceCheck(scratch.home().schema(), scratch.timeouts().lock());
        try {
            return planner.create(scripts.stream().map(check::in).toList()) == Planner.End.DONE
                    ? stage((connection, schema, before) -> Stage.of(connection, schema, leftOut), List.of())
                    : Optional.empty();
        } catch (SQLException failure) {
            return Optional.empty();
        } finally {
            scratch.renewSession();
        }
    }

    /** Brings the home on to the migration at this place of the path. */
    private Optional<ResultError> runFlyway(int count, @Nullable Watch watch) throws SQLException {
        Set<String> rest = new HashSet<>();
        catalog.migrations().forEach(migration -> rest.add(migration.script()));
        path.subList(0, count).forEach(migration -> rest.remove(migration.script()));
        ReceiveLimit limit = scratch.session().limit();
        Whereabouts whereabouts = new Whereabouts();
        try (limit) {
            EachScript each = new EachScript(EachScript.restore(scratch.connection()), limit);
            FlywayEngine.configure(catalog.sources().without(rest), scratch.connection(), scratch.home())
                    .callbacks(
                            watch == null
                                    ? new Callback[] {each, whereabouts}
                                    : new Callback[] {watch, each, whereabouts})
                    .load()
                    .migrate();
            return Optional.empty();
        } catch (FlywayException failure) {
            if (limit.exceeded()) {
                throw scratch.broken(limit.script(), limit, failure);
            }
            if (!scratch.connection().getAutoCommit()) {
                scratch.connection().rollback();
                scratch.connection().setAutoCommit(true);
            }
            return Optional.of(new FlywayFailure(catalog, scratch.home(), failure, whereabouts.script())
                    .describe(History.of(scratch.connection(), scratch.home().schema())));
        } finally {
            scratch.renewSession();
        }
    }

    private Planner planner(Candidates candidates, History history) {
        return Planner.forTrial(scratch.session(), scratch.timeouts(), candidates.plans(), history);
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
