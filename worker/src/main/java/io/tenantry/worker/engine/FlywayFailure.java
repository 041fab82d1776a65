package io.tenantry.worker.engine;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.postgres.SqlFailure;
import io.tenantry.worker.postgres.TenantHome;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.internal.exception.FlywayMigrateException;
import org.flywaydb.core.internal.sqlscript.FlywaySqlScriptException;
import org.jspecify.annotations.Nullable;

/** Says what a Flyway exception means, with the place in the script where it is known. */
final class FlywayFailure {
    /** The history and the scripts do not agree. */
    private static final Set<org.flywaydb.core.api.ErrorCode> DISAGREEMENT = Set.of(
            CoreErrorCode.VALIDATE_ERROR,
            CoreErrorCode.CHECKSUM_MISMATCH,
            CoreErrorCode.DESCRIPTION_MISMATCH,
            CoreErrorCode.TYPE_MISMATCH,
            CoreErrorCode.APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED,
            CoreErrorCode.APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED,
            CoreErrorCode.RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED,
            CoreErrorCode.RESOLVED_REPEATABLE_MIGRATION_NOT_APPLIED);

    private FlywayFailure() {}

    /** @param history of the home after the failure */
    static ResultError describe(MigrationCatalog catalog, TenantHome home, History history, FlywayException failure) {
        Optional<ResultError> unreadable = UnreadableScript.error(catalog, failure);
        if (unreadable.isPresent()) {
            return unreadable.get();
        }
        boolean disagrees = failure instanceof FlywayValidateException && DISAGREEMENT.contains(failure.getErrorCode());
        Optional<ResultError> disagreement =
                disagrees ? Disagreement.of(catalog.migrationsFor(home), home, history) : Optional.empty();
        return disagreement.isPresent() ? disagreement.get() : describe(catalog, home, failure, disagrees);
    }

    private static ResultError describe(
            MigrationCatalog catalog, TenantHome home, FlywayException failure, boolean disagrees) {
        SQLException cause = SqlFailure.sqlCause(failure);
        @Nullable FlywaySqlScriptException script = find(failure, FlywaySqlScriptException.class);
        @Nullable FlywayMigrateException migration = find(failure, FlywayMigrateException.class);
        OutsideScript outside = catalog.plans().outside().get(script(failure));
        String advice = cause == null || outside == null || outside.canRunAgain() ? "" : "; " + outside.advice(home);
        return new ResultError(
                disagrees ? ErrorCode.CHECKSUM_MISMATCH : ErrorCode.MIGRATION_FAILED,
                message(catalog, failure, cause, migration) + advice,
                cause == null ? null : cause.getSQLState(),
                migration == null || migration.getMigration() == null
                        ? null
                        : migration.getMigration().getScript(),
                script == null ? null : (Integer) script.getLineNumber(),
                script == null ? null : script.getStatement());
    }

    /** The name of the file that raised it; empty if none did. */
    static String script(FlywayException failure) {
        FlywayMigrateException migration = find(failure, FlywayMigrateException.class);
        return migration == null || migration.getMigration() == null
                ? ""
                : migration.getMigration().getScript();
    }

    /** Whether a statement of a script raised it. */
    static boolean isOfScript(FlywayException failure) {
        return find(failure, FlywaySqlScriptException.class) != null;
    }

    /** Whether it is of a script that runs without a transaction, as CREATE INDEX CONCURRENTLY must. */
    static boolean isOutsideTransaction(FlywayException failure) {
        FlywayMigrateException migration = find(failure, FlywayMigrateException.class);
        return migration != null && !migration.isExecutableInTransaction();
    }

    private static String message(
            MigrationCatalog catalog,
            FlywayException failure,
            @Nullable SQLException cause,
            @Nullable FlywayMigrateException migration) {
        if (cause == null) {
            return firstLines(failure.getMessage());
        }
        String where = migration == null || migration.getMigration() == null
                ? "migrating database " + catalog.database()
                : migration.getMigration().getScript();
        return where + " failed: " + firstLines(cause.getMessage());
    }

    /** Flyway's messages go on for a page; PostgreSQL's first lines say what and where. */
    private static String firstLines(@Nullable String message) {
        if (message == null) {
            return "no message";
        }
        return String.join(
                "; ",
                message.lines()
                        .filter(line -> !line.isBlank())
                        .limit(4)
                        .map(String::strip)
                        .toList());
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
