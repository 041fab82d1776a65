package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.Plans;
import io.tenantry.worker.engine.catalog.Sources;
import io.tenantry.worker.engine.flyway.FlywayFailure;
import io.tenantry.worker.engine.flyway.HomeLockGuard;
import io.tenantry.worker.engine.flyway.MarkRestorer;
import io.tenantry.worker.engine.flyway.RunningStatement;
import io.tenantry.worker.engine.flyway.ScriptIsolation;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.plan.PlanExecutor;
import io.tenantry.worker.engine.plan.PlanSql;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;

/**
 * What all runs over one path of migrations share: the scratch home, the rules for the end of a run, and the ways to apply
 * migrations. For use by one thread.
 *
 * @param boundary what is known of the scripts
 * @param path the migrations of a new home, in order
 * @param endNanos when to stop for lack of time, as {@link System#nanoTime}
 */
record PathTrial(
        MigrationCatalog catalog, Scratch scratch, SchemaBoundaryCheck boundary, List<Migration> path, long endNanos) {
    /** insufficient_privilege. */
    private static final String NO_RIGHT = "42501";

    boolean hasTime() {
        return System.nanoTime() - endNanos < 0 && !scratch.session().isStopped();
    }

    /** Prepares a run: no home is there. If there are event triggers, all of the run is rolled back. */
    void begin() throws SQLException {
        scratch.drop();
        if (boundary.findings().hasEventTriggers()) {
            scratch.hold();
        }
    }

    /**
     * Why the run ends before the script; empty if it goes on. If the script must not be committed, all is rolled back from now
     * on.
     */
    Optional<String> whyEnd(Migration migration) throws SQLException {
        if (scratch.isHeld() && scratch.blocksOthers()) {
            return Optional.of("its trial would keep other sessions from shared tables for too long");
        }
        Optional<String> end = boundary.findings().whyEnd(migration, scratch.isHeld());
        if (end.isEmpty() && boundary.findings().mustBeRolledBack(migration)) {
            scratch.hold();
        }
        return end;
    }

    /** Creates the home and its history table as plans do. */
    void createByPlan(Plans plans) throws SQLException {
        executor(plans, new History(List.of())).create(List.of());
    }

    PlanExecutor executor(Plans plans, History history) {
        return PlanExecutor.forTrial(
                scratch.session().homeSession(),
                scratch.session().timeouts(),
                scratch.isHeld() ? PlanSql.Bounds.SAVEPOINT : PlanSql.Bounds.TRANSACTION,
                plans,
                history);
    }

    /** The history of the home. */
    History history() throws SQLException {
        return History.of(scratch.session().connection(), scratch.home().schema());
    }

    /** Reads the state of the home; empty if this role may not see all of it, since policies can be forced upon an owner. */
    Optional<SchemaState> read(SchemaStateReader reader, List<SchemaState> before) throws SQLException {
        return read(reader, before, refusal -> {});
    }

    /** @param refused told why this role may not see all of it */
    Optional<SchemaState> read(SchemaStateReader reader, List<SchemaState> before, Consumer<SQLException> refused)
            throws SQLException {
        try (ReceiveLimit.Pause unused = ReceiveLimit.pause()) {
            return Optional.of(
                    reader.at(scratch.session().connection(), scratch.home().schema(), before));
        } catch (SQLException failure) {
            if (NO_RIGHT.equals(failure.getSQLState())) {
                refused.accept(failure);
                return Optional.empty();
            }
            throw failure;
        }
    }

    /**
     * Lets Flyway apply what is missing of the first migrations of the path.
     *
     * @param count how many migrations
     * @param first a callback that is called before the others
     * @return why Flyway failed; empty if it did not
     */
    Optional<ResultError> runFlyway(int count, Optional<Callback> first) throws SQLException {
        return runFlyway(catalog.sources(), migration -> true, count, first);
    }

    /** Lets Flyway apply the repeatable scripts of a release before, to a home that has its versions. */
    Optional<ResultError> runFormerRepeatables(MigrationCatalog former, int count) throws SQLException {
        return runFlyway(
                catalog.withRepeatablesOf(former), migration -> migration.version() != null, count, Optional.empty());
    }

    /** @param limited the migrations to which the count applies */
    private Optional<ResultError> runFlyway(
            Sources sources, Predicate<Migration> limited, int count, Optional<Callback> first) throws SQLException {
        Set<String> rest = new HashSet<>();
        catalog.migrations().stream().filter(limited).forEach(migration -> rest.add(migration.script()));
        path.subList(0, count).forEach(migration -> rest.remove(migration.script()));
        ReceiveLimit limit = scratch.session().limit();
        RunningStatement running = new RunningStatement(script -> {});
        try (limit) {
            MarkRestorer mark = new MarkRestorer(scratch.session().connection(), scratch.home());
            List<Callback> callbacks = new ArrayList<>(first.stream().toList());
            callbacks.add(new ScriptIsolation(limit));
            callbacks.add(mark);
            callbacks.add(new HomeLockGuard(scratch.home().lockKey(), catalog.scripts()));
            callbacks.add(running);
            FlywayEngine.configure(sources.without(rest), scratch.forFlyway(), scratch.home())
                    .outOfOrder(catalog.isOutOfOrder())
                    .ignoreMigrationPatterns("*:future", "repeatable:missing")
                    .callbacks(callbacks.toArray(Callback[]::new))
                    .load()
                    .migrate();
            mark.keep();
            return Optional.empty();
        } catch (FlywayException failure) {
            if (limit.isStopped()) {
                throw scratch.session().broken(limit.script(), limit, failure);
            }
            scratch.recover();
            return Optional.of(
                    new FlywayFailure(catalog, scratch.home(), failure, running.script()).describe(history()));
        } finally {
            scratch.session().renew();
        }
    }
}
