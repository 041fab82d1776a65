package io.tenantry.worker.engine.history;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.home.TenantHome;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/** Finds the script that Flyway complains about if history and scripts do not agree. */
public final class HistoryMismatch {
    private HistoryMismatch() {}

    /** The first one; empty if it cannot be told. */
    public static Optional<ResultError> of(List<Migration> migrations, TenantHome home, History history) {
        MigrationVersion head = migrations.stream()
                .map(Migration::version)
                .filter(Objects::nonNull)
                .max(MigrationVersion::compareTo)
                .orElse(MigrationVersion.EMPTY);
        for (HistoryRow row : DeletedRows.withoutBaselines(history.counting())) {
            if (row.type().equals(DeletedRows.DELETE)) {
                return Optional.of(deletedTwice(row, home));
            }
            Optional<Migration> known = migrations.stream()
                    .filter(migration -> row.version() != null && row.version().equals(migration.version()))
                    .min(Comparator.comparing(migration -> !row.type().equals(migration.type())));
            // What is above the head is a newer release's, which Flyway is told to ignore. A baseline by hand is no
            // script's.
            if (row.version() == null
                    || !row.success()
                    || row.type().equals(HistoryRow.BASELINE)
                    || row.version().compareTo(head) > 0
                    || (known.isPresent() && row.isOf(known.get()))) {
                continue;
            }
            return Optional.of(known.isPresent() ? changed(row, known.get(), home) : gone(row, home));
        }
        Optional<MigrationVersion> current = history.current();
        MigrationVersion baseline = history.counting().stream()
                .filter(row -> row.success() && row.type().endsWith(HistoryRow.BASELINE))
                .map(HistoryRow::version)
                .filter(Objects::nonNull)
                .max(MigrationVersion::compareTo)
                .orElse(MigrationVersion.EMPTY);
        return migrations.stream()
                .filter(migration -> migration.version() != null
                        && !migration.isBaseline()
                        && current.isPresent()
                        && migration.version().compareTo(current.get()) < 0
                        && migration.version().compareTo(baseline) > 0
                        && history.counting().stream()
                                .noneMatch(row -> migration.version().equals(row.version())))
                .findFirst()
                .map(migration -> late(migration, current.get(), home));
    }

    private static ResultError late(Migration migration, MigrationVersion current, TenantHome home) {
        return error(
                ErrorCode.OUT_OF_ORDER,
                migration.script() + " is below version " + current + " of " + home.kind() + " " + home.location()
                        + ", and was not applied there; nothing was done: give it a version above those that tenants"
                        + " have, or set databases." + home.database() + ".out-of-order to have it applied",
                migration.script());
    }

    private static ResultError changed(HistoryRow row, Migration migration, TenantHome home) {
        String place = home.kind() + " " + home.location();
        if (row.checksum() == null && migration.checksum() != null) {
            return error(
                    ErrorCode.CHECKSUM_MISMATCH,
                    "the history of " + place + " has no checksum of " + migration.script() + " (version "
                            + row.version()
                            + "), so nothing says whether the script is the one that was applied; nothing was done: if it is,"
                            + " `flyway repair` writes the checksum",
                    migration.script());
        }
        if (!row.type().equals(migration.type())) {
            return error(
                    ErrorCode.CHECKSUM_MISMATCH,
                    "version " + row.version() + " was applied to " + place + " as " + row.type() + ", and "
                            + migration.script() + " is " + migration.type()
                            + "; nothing was done: if they do the same, `flyway repair` corrects the history",
                    migration.script());
        }
        String what = Objects.equals(row.checksum(), migration.checksum())
                ? "is \"" + migration.description() + "\" of type " + migration.type() + ", and was \""
                        + row.description() + "\" of type " + row.type()
                : "has the checksum " + migration.checksum() + ", and had " + row.checksum();
        return error(
                ErrorCode.CHECKSUM_MISMATCH,
                migration.script() + " (version " + row.version() + ") was changed after it was applied to "
                        + home.kind()
                        + " " + home.location() + ": it " + what
                        + "; nothing was done: put the script back as it was, and make the change in a new one",
                migration.script());
    }

    private static ResultError deletedTwice(HistoryRow row, TenantHome home) {
        String what = row.version() == null ? row.description() : "version " + row.version();
        return error(
                ErrorCode.CHECKSUM_MISMATCH,
                "the history of " + home.kind() + " " + home.location() + " says twice that the script of " + what
                        + " is gone, and Flyway refuses such a history; nothing was done: remove the row of type "
                        + DeletedRows.DELETE + " with installed_rank " + row.rank(),
                row.script());
    }

    private static ResultError gone(HistoryRow row, TenantHome home) {
        return error(
                ErrorCode.CHECKSUM_MISMATCH,
                row.script() + " (version " + row.version() + ") was applied to " + home.kind() + " " + home.location()
                        + ", and this release does not have it; nothing was done: put the script back",
                row.script());
    }

    private static ResultError error(ErrorCode code, String message, @Nullable String script) {
        return new ResultError(code, message, null, script, null, null);
    }
}
