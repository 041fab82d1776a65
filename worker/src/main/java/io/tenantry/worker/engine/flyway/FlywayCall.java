package io.tenantry.worker.engine.flyway;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.history.BusyException;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.VersionTracker;
import io.tenantry.worker.postgres.connection.ReceiveLimit;
import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateOutput;
import org.jspecify.annotations.Nullable;

/**
 * Calls Flyway once for one home: limits what scripts may send to the worker, keeps the home's lock and its mark, and
 * translates failures. For use by one thread.
 */
final class FlywayCall {
    private final MigrationCatalog catalog;
    private final LockedHome home;
    private final VersionTracker tracker;
    private final RunningStatement running;
    private final MarkRestorer mark;

    FlywayCall(
            MigrationCatalog catalog,
            LockedHome home,
            VersionTracker tracker,
            RunningStatement running,
            MarkRestorer mark) {
        this.catalog = catalog;
        this.home = home;
        this.tracker = tracker;
        this.running = running;
        this.mark = mark;
    }

    /**
     * Applies what the configuration finds; returns the names of what was applied, in order.
     *
     * @param guard for a script outside a transaction; null for all others
     * @throws FlywayException if a script or a callback failed
     * @throws BusyException if the scripts must wait: another session has the home's lock, or there is no memory for
     *     what they send
     */
    List<String> migrate(FluentConfiguration flyway, @Nullable HomeLockGuard guard, Callback... more)
            throws SQLException {
        if (catalog.requiresNewSession(home.home())) {
            home.session().endAfterwards();
        }
        try (ReceiveLimit limit = home.session().limit()) {
            tracker.reserveIfNeeded(limit);
            ScriptIsolation isolation = new ScriptIsolation(limit, home.home());
            List<Callback> callbacks = new ArrayList<>(List.of(running, isolation, mark));
            if (guard != null) {
                callbacks.add(guard);
            }
            callbacks.addAll(List.of(more));
            try {
                List<String> applied =
                        flyway.callbacks(callbacks.toArray(new Callback[0])).load().migrate().migrations.stream()
                                .map(FlywayCall::name)
                                .toList();
                mark.keep();
                return applied;
            } catch (FlywayException failure) {
                if (isolation.hasLostLock() || (guard != null && guard.hasLostLock())) {
                    throw lockLost();
                }
                if (limit.hadNoTurn()) {
                    throw tracker.noTurn(limit.script());
                }
                if (limit.exceeded()) {
                    throw tooMuchSent(limit, failure);
                }
                throw failure;
            }
        }
    }

    private BusyException lockLost() {
        return new BusyException(
                BusyException.Kind.HOME,
                "a script has given back the lock of " + home.home().location()
                        + ", and another session has it now; the scripts after it wait");
    }

    private SQLException tooMuchSent(ReceiveLimit limit, FlywayException failure) {
        ResultError place =
                new FlywayFailure(catalog, home.home(), failure, limit.script()).describe(new History(List.of()));
        // A callback after the last script belongs to none.
        String script = running.script().isEmpty() ? "" : limit.script();
        return tracker.tooMuch(script, place.line(), place.statement(), limit, failure);
    }

    private static String name(MigrateOutput migration) {
        return migration.version == null || migration.version.isEmpty() ? migration.description : migration.version;
    }
}
