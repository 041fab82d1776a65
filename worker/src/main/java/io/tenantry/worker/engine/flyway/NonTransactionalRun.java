package io.tenantry.worker.engine.flyway;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.history.BusyException;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HistoryRow;
import io.tenantry.worker.postgres.Identifiers;
import io.tenantry.worker.postgres.Sql;
import io.tenantry.worker.postgres.home.LockedHome;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;

/**
 * What must be done in a home before and after a script that runs outside a transaction, and after it has failed. Only
 * one such script runs at a time in a PostgreSQL database: each waits for all older snapshots there. For use by one
 * thread.
 */
final class NonTransactionalRun {
    /** Any fixed number. */
    private static final long LOCK = 0x74656e616e746f75L;

    private final MigrationCatalog catalog;
    private final LockedHome home;

    NonTransactionalRun(MigrationCatalog catalog, LockedHome home) {
        this.catalog = catalog;
        this.home = home;
    }

    /**
     * Before a script.
     *
     * @param restore statements that set the session as it was before the first script
     * @throws BusyException if another such script runs in this database
     */
    void begin(String script, String restore) throws SQLException {
        if (!"true".equals(value("SELECT pg_try_advisory_lock(" + LOCK + ")::text"))) {
            throw new BusyException(
                    BusyException.Kind.OUTSIDE_TRANSACTION,
                    script + " waits: another script that runs outside a transaction is running in this database");
        }
        // DROP INDEX CONCURRENTLY waits for the sessions that use the table, and no session waits behind it.
        execute("SET lock_timeout = 0");
        dropInvalidIndexes(Objects.requireNonNull(catalog.plans().outside().get(script)));
        execute(restore);
    }

    /** After a script that has succeeded. */
    void end(String restore) throws SQLException {
        execute(restore);
        while ("true".equals(value("SELECT pg_advisory_unlock(" + LOCK + ")::text"))) {
            // The guard of the home's lock has taken this lock once more after each statement.
        }
    }

    /**
     * Drops the invalid indexes that a failed script has left, if no other session is in the way. Otherwise the next
     * attempt drops them.
     */
    void cleanUp(NonTransactionalScript script, String restore) throws SQLException {
        // The script may have set another role and other timeouts.
        execute(restore + "; RESET ROLE; SET lock_timeout = "
                + home.timeouts().lock().toMillis());
        dropInvalidIndexes(script);
    }

    /**
     * Deletes the failed rows of such scripts from the history, so that they can run again. Present if one of them
     * cannot run again: the error.
     */
    Optional<ResultError> repair(History history) throws SQLException {
        for (HistoryRow row : history.rows()) {
            NonTransactionalScript script = catalog.plans().outside().get(row.script());
            if (row.success() || script == null) {
                continue;
            }
            if (!script.canRunAgain()) {
                return Optional.of(cannotRunAgain(script));
            }
            execute("DELETE FROM " + History.table(home.home().schema())
                    + " WHERE NOT \"success\" AND \"installed_rank\" = " + row.rank());
        }
        return Optional.empty();
    }

    private ResultError cannotRunAgain(NonTransactionalScript script) {
        return new ResultError(
                ErrorCode.MIGRATION_FAILED,
                script.script() + " has failed in " + home.home().kind() + " "
                        + home.home().location() + " before; nothing was done: "
                        + script.advice(home.home()),
                null,
                script.script(),
                null,
                null);
    }

    /** An interrupted statement leaves an index that is never used, and that is in the way of the next attempt. */
    private void dropInvalidIndexes(NonTransactionalScript script) throws SQLException {
        for (String index : script.indexesIn(home.home())) {
            String name = Identifiers.quote(home.home().schema()) + "." + Identifiers.quote(index);
            boolean invalid = !value(
                            "SELECT indexrelid FROM pg_index WHERE NOT indisvalid AND indexrelid = to_regclass("
                                    + Identifiers.literal(name) + ")")
                    .isEmpty();
            if (invalid) {
                execute("DROP INDEX CONCURRENTLY " + name);
            }
        }
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
