package io.tenantry.worker.engine;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.flyway.FlywayFailure;
import io.tenantry.worker.engine.flyway.NonTransactionalScriptFinder;
import io.tenantry.worker.engine.flyway.ScriptPreview;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.MigrationResult;
import io.tenantry.worker.engine.history.MigrationState;
import io.tenantry.worker.engine.history.Target;
import io.tenantry.worker.engine.history.TargetCheck;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.HomeSession;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.api.FlywayException;

/** Compares one home with its catalog and writes nothing. For use by one thread. */
final class HomePreview {
    private final MigrationCatalog catalog;
    private final HomeSession session;
    private final ScriptPreview scripts;

    HomePreview(MigrationCatalog catalog, HomeSession session) {
        this.catalog = catalog;
        this.session = session;
        this.scripts = new ScriptPreview(catalog, session);
    }

    Preview of(Target target) throws SQLException {
        session.changed();
        // Of the session, because Flyway ends transactions. A waiter for a lock would let others wait behind it.
        Sql.execute(
                session.connection(),
                "SET default_transaction_read_only = on; SET lock_timeout = "
                        + session.timeouts().lock().toMillis());
        History history = History.of(session.connection(), session.home().schema());
        Optional<Preview> decided =
                TargetCheck.refuse(catalog, target, history.current()).map(result -> of(history, result));
        return decided.isPresent() ? decided.get() : compare(history, target);
    }

    private Preview of(History history, MigrationResult result) {
        if (result instanceof MigrationResult.Failed failed) {
            return refused(history, failed.error());
        }
        if (result instanceof MigrationResult.TargetUnknown unknown) {
            return refused(history, unknown.error());
        }
        return pending(history, List.of());
    }

    private Preview compare(History history, Target target) {
        // The worker repairs their failed rows, or says why it cannot.
        Set<String> outside = NonTransactionalScriptFinder.of(
                        catalog, session.home().server())
                .keySet();
        MigrationState state = MigrationState.of(
                catalog.migrationsFor(session.home()),
                history.withoutFailures(outside),
                target.limit(),
                catalog.isOutOfOrder());
        try {
            if (state instanceof MigrationState.Irregular) {
                List<String> next =
                        scripts.judge(target instanceof Target.Version wanted ? wanted.version() : "latest");
                return pending(
                        history,
                        catalog.migrations().stream()
                                .filter(migration -> next.contains(migration.script()))
                                .toList());
            }
            return pending(history, state instanceof MigrationState.Behind behind ? behind.pending() : List.of());
        } catch (FlywayException refusal) {
            return refused(history, new FlywayFailure(catalog, session.home(), refusal, "").describe(history));
        }
    }

    private Preview pending(History history, List<Migration> pending) {
        return new Preview.Scripts(
                history.version(),
                pending.isEmpty() ? List.of() : scripts.read(pending),
                pending.isEmpty() ? List.of() : catalog.callbacks());
    }

    private static Preview refused(History history, ResultError error) {
        return new Preview.Refused(history.version(), error);
    }
}
