package io.tenantry.worker.engine.flyway;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.FlywayEngine;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.catalog.Sources;
import io.tenantry.worker.engine.history.BusyException;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HistoryRow;
import io.tenantry.worker.engine.history.MigrationState;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateOutput;
import org.flywaydb.core.api.output.MigrateResult;
import org.jspecify.annotations.Nullable;

/** Runs Flyway over one home: once, or several times if some scripts run outside a transaction. */
public final class FlywayRun {
    /** Any fixed number: who runs a script outside a transaction, which waits for every snapshot of the database. */
    private static final long OUTSIDE_LOCK = 0x74656e616e746f75L;

    private final MigrationCatalog catalog;
    private final LockedHome home;
    private final VersionTracker tracker;
    private final List<String> applied = new ArrayList<>();
    private final RunningStatement running = new RunningStatement();
    private final MarkRestorer mark;
    /** Statements that make the session as it was at the beginning; empty before that. */
    private String restore = "";

    public FlywayRun(MigrationCatalog catalog, LockedHome home, VersionTracker tracker) {
        this.catalog = catalog;
        this.home = home;
        this.mark = new MarkRestorer(home.connection(), home.home());
        this.tracker = tracker;
    }

    /** How results call what was applied, in order. */
    public List<String> applied() {
        return applied;
    }

    /** What Flyway does at the moment, or did when it failed. */
    public RunningStatement running() {
        return running;
    }

    /** Forgets a script that failed outside a transaction; says why, if it cannot be begun anew. */
    public Optional<ResultError> repair(History history) throws SQLException {
        for (HistoryRow row : history.rows()) {
            NonTransactionalScript script = catalog.plans().outside().get(row.script());
            if (row.success() || script == null) {
                continue;
            }
            if (!script.canRunAgain()) {
                return Optional.of(new ResultError(
                        ErrorCode.MIGRATION_FAILED,
                        row.script() + " has failed in " + home.home().kind() + " "
                                + home.home().location() + " before; nothing was done: "
                                + script.advice(home.home()),
                        null,
                        row.script(),
                        null,
                        null));
            }
            execute("DELETE FROM " + History.table(home.home().schema())
                    + " WHERE NOT \"success\" AND \"installed_rank\" = " + row.rank());
        }
        return Optional.empty();
    }

    /**
     * Brings it to the target.
     *
     * @param state of the home now
     */
    public void run(MigrationState state, Target target) throws SQLException {
        restore = ScriptIsolation.restore(home.connection());
        List<Migration> pending = state instanceof MigrationState.Behind behind ? behind.pending() : List.of();
        if (pending.stream().noneMatch(this::isOutside)) {
            migrate(
                    flyway(catalog.sources())
                            .target(target instanceof Target.Version wanted ? wanted.version() : "latest"),
                    null);
            return;
        }
        Set<String> later = new HashSet<>();
        catalog.migrations().stream()
                .filter(migration -> isBeyond(migration, target))
                .forEach(migration -> later.add(migration.script()));
        for (int done = 0; done < pending.size(); ) {
            if (done > 0) {
                // Each run of Flyway begins in a session like the first one's: its callbacks prepare the same.
                execute(restore);
            }
            int end = done;
            while (end < pending.size() && !isOutside(pending.get(end))) {
                end++;
            }
            if (end > done) {
                migrate(flyway(upTo(pending, end, later)), null);
            } else {
                end++;
                outside(pending.get(done), upTo(pending, end, later));
            }
            done = end;
        }
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

    private boolean isOutside(Migration migration) {
        return catalog.plans().outside().containsKey(migration.script());
    }

    private void outside(Migration migration, Sources sources) throws SQLException {
        if (!"true".equals(value("SELECT pg_try_advisory_lock(" + OUTSIDE_LOCK + ")::text"))) {
            throw new BusyException(
                    BusyException.Kind.OUTSIDE_TRANSACTION,
                    migration.script() + " waits: such a script runs in this database already");
        }
        NonTransactionalScript script =
                Objects.requireNonNull(catalog.plans().outside().get(migration.script()));
        // DROP INDEX CONCURRENTLY waits for whoever uses the table, and nobody waits behind it.
        execute("SET lock_timeout = 0");
        for (String index : script.indexesIn(home.home())) {
            dropIfInvalid(index);
        }
        execute(restore);
        migrate(flyway(sources), new HomeLockGuard(home.home().lockKey(), catalog.scripts()), new LockTimeoutPolicy());
        execute(restore);
        while ("true".equals(value("SELECT pg_advisory_unlock(" + OUTSIDE_LOCK + ")::text"))) {
            // The guard has taken it once more behind each statement.
        }
    }

    /** After a failure: a callback, or a script outside a transaction, may have set another comment before. */
    public void putBackMark() throws SQLException {
        mark.keep();
    }

    /**
     * Drops what a script has left that failed outside a transaction, if nobody is in the way; the next try would do it
     * else.
     */
    public void cleanUp(NonTransactionalScript script) throws SQLException {
        // Not as the role, and under the timeouts, that the script has set.
        execute(restore + "; RESET ROLE; SET lock_timeout = "
                + home.timeouts().lock().toMillis());
        for (String index : script.indexesIn(home.home())) {
            dropIfInvalid(index);
        }
    }

    /** What a try that was broken off leaves: it is never used, and in the way. */
    private void dropIfInvalid(String index) throws SQLException {
        String name = Identifiers.quote(home.home().schema()) + "." + Identifiers.quote(index);
        if (!value("SELECT indexrelid FROM pg_index WHERE NOT indisvalid AND indexrelid = to_regclass("
                        + Identifiers.literal(name) + ")")
                .isEmpty()) {
            execute("DROP INDEX CONCURRENTLY " + name);
        }
    }

    /**
     * A repeatable script that is not among the sources is not one that somebody deleted: its turn comes later, or a newer
     * release has brought it.
     */
    private FluentConfiguration flyway(Sources sources) {
        return FlywayEngine.configure(sources, home.connection(), home.home())
                .outOfOrder(catalog.isOutOfOrder())
                .ignoreMigrationPatterns("*:future", "repeatable:missing");
    }

    /** @param guard for a script outside a transaction; null for all others */
    private void migrate(FluentConfiguration flyway, @Nullable HomeLockGuard guard, Callback... more)
            throws SQLException {
        if (catalog.requiresNewSession(home.home())) {
            home.session().endAfterwards();
        }
        try (ReceiveLimit limit = home.session().limit()) {
            tracker.reserveIfNeeded(limit);
            ScriptIsolation each = new ScriptIsolation(limit, home.home());
            try {
                List<Callback> callbacks = new ArrayList<>(List.of(running, each, mark));
                if (guard != null) {
                    callbacks.add(guard);
                }
                callbacks.addAll(List.of(more));
                MigrateResult result = flyway.callbacks(callbacks.toArray(new Callback[0]))
                        .load()
                        .migrate();
                result.migrations.forEach(migration -> applied.add(name(migration)));
                mark.keep();
            } catch (FlywayException failure) {
                if (each.hasLostLock() || (guard != null && guard.hasLostLock())) {
                    throw new BusyException(
                            BusyException.Kind.HOME,
                            "a script has given back the lock of " + home.home().location()
                                    + ", and another session has it now; the scripts after it wait");
                }
                if (limit.hadNoTurn()) {
                    throw tracker.noTurn(limit.script());
                }
                if (!limit.exceeded()) {
                    throw failure;
                }
                ResultError place = new FlywayFailure(catalog, home.home(), failure, limit.script())
                        .describe(new History(List.of()));
                // A callback behind the last script is none of it.
                String script = running.script().isEmpty() ? "" : limit.script();
                throw tracker.tooMuch(script, place.line(), place.statement(), limit, failure);
            }
        }
    }

    private static String name(MigrateOutput migration) {
        return migration.version == null || migration.version.isEmpty() ? migration.description : migration.version;
    }

    private void execute(String sql) throws SQLException {
        Sql.execute(home.connection(), sql);
    }

    /** The one value of the one row; empty if there is none. */
    private String value(String sql) throws SQLException {
        return Sql.first(home.connection(), sql, row -> String.valueOf(row.getString(1)))
                .orElse("");
    }
}
