package io.tenantry.worker.engine.flyway;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MixedScript;
import io.tenantry.worker.engine.catalog.NonTransactionalScript;
import io.tenantry.worker.engine.catalog.UnreadableScript;
import io.tenantry.worker.engine.history.FailureKind;
import io.tenantry.worker.engine.history.History;
import io.tenantry.worker.engine.history.HistoryMismatch;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.home.TenantHome;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.api.resource.Resource;
import org.flywaydb.core.internal.exception.FlywayMigrateException;
import org.flywaydb.core.internal.sqlscript.FlywaySqlScriptException;
import org.jspecify.annotations.Nullable;

/** Translates a Flyway exception into a result error, with the place in the script if Flyway names it. */
public final class FlywayFailure {
    /** Flyway's errors if the history and the scripts do not match. */
    private static final Set<org.flywaydb.core.api.ErrorCode> DISAGREEMENT = Set.of(
            CoreErrorCode.VALIDATE_ERROR,
            CoreErrorCode.CHECKSUM_MISMATCH,
            CoreErrorCode.DESCRIPTION_MISMATCH,
            CoreErrorCode.TYPE_MISMATCH,
            CoreErrorCode.APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED,
            CoreErrorCode.APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED,
            CoreErrorCode.RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED,
            CoreErrorCode.RESOLVED_REPEATABLE_MIGRATION_NOT_APPLIED);

    private final MigrationCatalog catalog;
    private final TenantHome home;
    private final FlywayException failure;
    private final String script;

    /**
     * For one run of Flyway over a home.
     *
     * @param running the script that ran, for a failure that names none; empty if none did
     */
    public FlywayFailure(MigrationCatalog catalog, TenantHome home, FlywayException failure, String running) {
        this.catalog = catalog;
        this.home = home;
        this.failure = failure;
        String named = script(failure);
        this.script = named.isEmpty() && find(failure, SQLException.class) != null ? running : named;
    }

    /**
     * The error for the result.
     *
     * @param history of the home after the failure
     */
    public ResultError describe(History history) {
        Optional<ResultError> unreadable =
                UnreadableScript.error(catalog, failure).or(() -> MixedScript.error(catalog, failure));
        if (unreadable.isPresent()) {
            return unreadable.get();
        }
        boolean disagrees = failure instanceof FlywayValidateException && DISAGREEMENT.contains(failure.getErrorCode());
        Optional<ResultError> mismatch =
                disagrees ? HistoryMismatch.of(catalog.migrationsFor(home), home, history) : Optional.empty();
        return mismatch.isPresent() ? mismatch.get() : describe(disagrees);
    }

    private ResultError describe(boolean disagrees) {
        SQLException cause = SqlFailure.sqlCause(failure);
        @Nullable FlywaySqlScriptException place = find(failure, FlywaySqlScriptException.class);
        Optional<NonTransactionalScript> outside = outsideScript();
        String advice = cause == null || outside.isEmpty() || outside.get().canRunAgain()
                ? ""
                : "; " + outside.get().advice(home);
        return new ResultError(
                disagrees ? ErrorCode.CHECKSUM_MISMATCH : FailureKind.code(cause),
                message(cause) + advice,
                cause == null ? null : cause.getSQLState(),
                script.isEmpty() ? null : script,
                place == null || (!script.isEmpty() && callback().isPresent()) ? null : (Integer) place.getLineNumber(),
                place == null ? null : place.getStatement());
    }

    /** The name of the file that a failure names; empty if it names none. */
    static String script(FlywayException failure) {
        FlywayMigrateException migration = find(failure, FlywayMigrateException.class);
        return migration == null || migration.getMigration() == null
                ? ""
                : migration.getMigration().getScript();
    }

    /** Whether a script failed, as far as is known. */
    public boolean isOfScript() {
        return !script.isEmpty();
    }

    /** The script that failed, if it runs outside a transaction and was read at the start. */
    public Optional<NonTransactionalScript> outsideScript() {
        return Optional.ofNullable(catalog.plans().outside().get(script));
    }

    /** Whether the script that failed runs outside a transaction, as CREATE INDEX CONCURRENTLY must. */
    public boolean isOutsideTransaction() {
        FlywayMigrateException migration = find(failure, FlywayMigrateException.class);
        return outsideScript().isPresent() || (migration != null && !migration.isExecutableInTransaction());
    }

    /** The same error with a longer message. */
    public static ResultError with(ResultError error, String more) {
        return new ResultError(
                error.code(),
                error.message() + more,
                error.sqlState(),
                error.migration(),
                error.line(),
                error.statement());
    }

    private String message(@Nullable SQLException cause) {
        if (cause == null) {
            return FailureKind.firstLines(failure.getMessage());
        }
        String failed = callback()
                .map(file -> file + (script.isEmpty() ? "" : ", a callback of Flyway, at " + script))
                .orElse(script.isEmpty() ? "migrating database " + catalog.database() : script);
        return failed + " failed: " + FailureKind.firstLines(cause.getMessage());
    }

    /** The file that failed, if it is that of a callback, as afterMigrate.sql; empty for others. */
    private Optional<String> callback() {
        return Optional.ofNullable(find(failure, FlywaySqlScriptException.class))
                .map(FlywaySqlScriptException::getResource)
                .map(Resource::getFilename)
                .filter(file -> catalog.migrations().stream()
                        .noneMatch(migration -> migration.script().equals(file)
                                || migration.script().endsWith("/" + file)));
    }

    private static <T> @Nullable T find(Throwable failure, Class<T> type) {
        Throwable current = failure;
        for (int depth = 0; current != null && depth < 20; depth++) {
            if (type.isInstance(current)) {
                return type.cast(current);
            }
            current = current.getCause();
        }
        return null;
    }
}
