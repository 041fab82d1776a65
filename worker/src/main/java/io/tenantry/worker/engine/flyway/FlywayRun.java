package io.tenantry.worker.engine.flyway;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.catalog.Sources;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.MigrationState;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * Runs Flyway over one home: once, or several times if some scripts run outside a transaction. For use by one thread.
 */
public final class FlywayRun {
    private final MigrationCatalog catalog;
    private final LockedHome home;
    private final RunningStatement running;
    private final MarkRestorer mark;
    private final FlywayCall flyway;
    private final NonTransactionalRun nonTransactional;
    private final List<String> applied = new ArrayList<>();
    /** Statements that set the session as it was at the beginning; empty before that. */
    private String restore = "";

    /** @param tracker the same for all attempts of a request */
    public FlywayRun(MigrationCatalog catalog, LockedHome home, VersionTracker tracker) {
        this.catalog = catalog;
        this.home = home;
        this.running = new RunningStatement(tracker::runs);
        this.mark = new MarkRestorer(home.connection(), home.home());
        this.flyway = new FlywayCall(catalog, home, tracker, running, mark);
        this.nonTransactional = new NonTransactionalRun(catalog, home);
    }

    /** The names of the applied migrations in results, in order. */
    public List<String> applied() {
        return applied;
    }

    /** The script and the statement that Flyway runs now, or ran when it failed. */
    public RunningStatement running() {
        return running;
    }

    /**
     * Makes it possible to run scripts again that failed outside a transaction. Present if one cannot run again: the
     * error.
     */
    public Optional<ResultError> repair(History history) throws SQLException {
        return nonTransactional.repair(history);
    }

    /**
     * Brings the home to the target.
     *
     * @param state of the home now
     * @throws FlywayException if a script or a callback failed
     */
    public void run(MigrationState state, Target target) throws SQLException {
        restore = ScriptIsolation.restore(home.connection());
        List<Migration> pending = state instanceof MigrationState.Behind behind ? behind.pending() : List.of();
        if (pending.stream().noneMatch(this::isNonTransactional)) {
            String limit = target instanceof Target.Version wanted ? wanted.version() : "latest";
            applied.addAll(flyway.migrate(configuration(catalog.sources()).target(limit), null));
            return;
        }
        Set<String> later = catalog.migrations().stream()
                .filter(migration -> isBeyond(migration, target))
                .map(Migration::script)
                .collect(Collectors.toSet());
        for (int done = 0; done < pending.size(); ) {
            if (done > 0) {
                // Each call of Flyway begins with the session of the first one: its callbacks prepare the same.
                execute(restore);
            }
            int end = endOfCall(pending, done);
            Sources sources = upTo(pending, end, later);
            if (isNonTransactional(pending.get(done))) {
                migrateOutside(pending.get(done).script(), sources);
            } else {
                applied.addAll(flyway.migrate(configuration(sources), null));
            }
            done = end;
        }
    }

    /** One call of Flyway applies one script outside a transaction, or all scripts before the next such script. */
    private int endOfCall(List<Migration> pending, int begin) {
        int end = begin;
        while (end < pending.size() && !isNonTransactional(pending.get(end))) {
            end++;
        }
        return Math.max(end, begin + 1);
    }

    private void migrateOutside(String script, Sources sources) throws SQLException {
        nonTransactional.begin(script, restore);
        HomeLockGuard guard = new HomeLockGuard(home.home().lockKey(), catalog.scripts());
        applied.addAll(flyway.migrate(configuration(sources), guard, new LockTimeoutPolicy()));
        nonTransactional.end(restore);
    }

    private static boolean isBeyond(Migration migration, Target target) {
        return target instanceof Target.Version wanted
                && migration.version() != null
                && migration.version().compareTo(Objects.requireNonNull(wanted.limit())) > 0;
    }

    private Sources upTo(List<Migration> pending, int end, Set<String> later) {
        Set<String> rest = new HashSet<>(later);
        pending.subList(end, pending.size()).forEach(migration -> rest.add(migration.script()));
        return catalog.sources().without(rest);
    }

    private boolean isNonTransactional(Migration migration) {
        return catalog.plans().outside().containsKey(migration.script());
    }

    /**
     * Restores the mark after a failure: a callback, or a script outside a transaction, may have set another comment.
     */
    public void putBackMark() throws SQLException {
        mark.keep();
    }

    /** Removes what a script that failed outside a transaction has left, if no other session is in the way. */
    public void cleanUp(NonTransactionalScript script) throws SQLException {
        nonTransactional.cleanUp(script, restore);
    }

    /**
     * A repeatable script that is not among the sources was not deleted: it is applied later, or a newer release has
     * brought it.
     */
    private FluentConfiguration configuration(Sources sources) {
        return FlywayEngine.configure(sources, home.connection(), home.home())
                .outOfOrder(catalog.isOutOfOrder())
                .ignoreMigrationPatterns("*:future", "repeatable:missing");
    }

    private void execute(String sql) throws SQLException {
        Sql.execute(home.connection(), sql);
    }
}
