package io.tenantry.worker.engine;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.MigrationCatalog.Migration;
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
    Trail byPlan(Candidates candidates, Trespass trespass) throws SQLException {
        scratch.drop();
        List<Stage> stages = new ArrayList<>();
        planner(candidates, new History(List.of())).create(List.of());
        for (Migration migration : path) {
            if (System.nanoTime() - endNanos > 0) {
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
            Optional<Stage> stage = stage();
            if (stage.isEmpty()) {
                candidates.refuse(migration, "what it leaves cannot be read by this role");
                break;
            }
            stages.add(stage.get());
        }
        return new Trail(stages, null);
    }

    private void apply(Candidates candidates, Migration migration) throws SQLException {
        String traces = SessionTraces.of(scratch.connection());
        Planner planner = planner(
                candidates, History.of(scratch.connection(), scratch.home().schema()));
        try {
            if (planner.apply(List.of(migration)) != Planner.End.DONE) {
                candidates.refuse(migration, "its plan fails");
            }
        } catch (SQLException failure) {
            candidates.refuse(migration, "its plan fails");
        }
        if (!traces.equals(SessionTraces.of(scratch.connection()))) {
            candidates.refuse(migration, "it changes the session");
            scratch.renewSession();
        }
    }

    /** All by Flyway. */
    Trail byFlyway() throws SQLException {
        scratch.drop();
        scratch.create();
        Watch watch = new Watch();
        Optional<ResultError> failure = runFlyway(path.size(), watch);
        watch.look();
        return new Trail(watch.stages, failure.orElse(null));
    }

    /** All in one transaction; empty if that fails. */
    Optional<Stage> atOnce(List<PlannedScript> scripts) throws SQLException {
        scratch.drop();
        Planner planner =
                new Planner(scratch.session(), scratch.timeouts(), Plans.NONE, new History(List.of()), new Sightings());
        try {
            return planner.create(scripts) == Planner.End.DONE ? stage() : Optional.empty();
        } catch (SQLException failure) {
            return Optional.empty();
        }
    }

    /** Brings the home on to the migration at this place of the path. */
    private Optional<ResultError> runFlyway(int count, @Nullable Watch watch) throws SQLException {
        Set<String> rest = new HashSet<>();
        catalog.migrations().forEach(migration -> rest.add(migration.script()));
        path.subList(0, count).forEach(migration -> rest.remove(migration.script()));
        try {
            FlywayEngine.configure(catalog.sources().without(rest), scratch.connection(), scratch.home())
                    .callbacks(watch == null ? new Callback[0] : new Callback[] {watch})
                    .load()
                    .migrate();
            return Optional.empty();
        } catch (FlywayException failure) {
            if (!scratch.connection().getAutoCommit()) {
                scratch.connection().rollback();
                scratch.connection().setAutoCommit(true);
            }
            return Optional.of(FlywayFailure.describe(
                    catalog,
                    scratch.home(),
                    History.of(scratch.connection(), scratch.home().schema()),
                    failure));
        } finally {
            scratch.renewSession();
        }
    }

    private Planner planner(Candidates candidates, History history) {
        return new Planner(scratch.session(), scratch.timeouts(), candidates.plans(), history, new Sightings());
    }

    /** Empty if this role may not see all of it: policies can be forced upon the owner of a table. */
    private Optional<Stage> stage() throws SQLException {
        try {
            return Optional.of(Stage.of(scratch.connection(), scratch.home().schema()));
        } catch (SQLException failure) {
            if (NO_RIGHT.equals(failure.getSQLState())) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** Looks at the stage that a migration has left, when the next one begins. */
    private final class Watch implements Callback {
        private final List<Stage> stages = new ArrayList<>();
        private boolean begun;
        private boolean blind;

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
            Optional<Stage> stage = blind ? Optional.empty() : stage();
            blind = stage.isEmpty();
            stage.ifPresent(stages::add);
        }

        @Override
        public String getCallbackName() {
            return "watch";
        }
    }
}
