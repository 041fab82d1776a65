package io.tenantry.worker.engine.history;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.home.TenantHome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.flywaydb.core.api.MigrationVersion;

/** Which histories a home that exists already can go on with. */
public final class AdoptableHistory {
    private AdoptableHistory() {}

    /** Says why a home with this history table cannot go on with the migrations of the catalog; empty if it can. */
    public static Optional<String> fault(MigrationCatalog catalog, TenantHome home, History history) {
        Optional<String> notFlyways = UndoRows.fault(home, history).or(() -> deletedTwice(history));
        if (notFlyways.isPresent()) {
            return notFlyways;
        }
        Optional<HistoryRow> failed =
                history.rows().stream().filter(row -> !row.success()).findFirst();
        if (failed.isPresent()) {
            return Optional.of(failed.get().script()
                    + " failed there: finish or undo its work, and repair the history by" + " `flyway repair`");
        }
        Optional<MigrationVersion> current = history.current();
        if (current.isEmpty()) {
            return Optional.of("its table " + History.TABLE
                    + " has no version: if Flyway has made nothing here, drop it and give --baseline-version; else give it a"
                    + " baseline by Flyway, and the home is compared with that version");
        }
        String head = catalog.head().orElse("none");
        if (!head.equals("none") && current.get().compareTo(MigrationVersion.fromVersion(head)) > 0) {
            return Optional.of("its version " + current.get() + " is newer than the newest of the migrations here, "
                    + head + ": use the release that has it");
        }
        List<Migration> migrations = catalog.migrationsFor(home);
        MigrationState state = MigrationState.of(migrations, history, null, catalog.isOutOfOrder());
        return state instanceof MigrationState.Irregular
                ? Optional.of(HistoryMismatch.of(migrations, home, history)
                        .map(ResultError::message)
                        .orElse("its history does not fit the migrations: `flyway validate` says more"))
                : Optional.empty();
    }

    private static boolean isBaseline(History history, HistoryRow deletion) {
        return history.counting().stream()
                .anyMatch(row -> row.rank() < deletion.rank()
                        && Objects.equals(row.version(), deletion.version())
                        && row.type().endsWith(HistoryRow.BASELINE));
    }

    private static Optional<String> deletedTwice(History history) {
        return history.counting().stream()
                .filter(row -> row.success() && row.type().equals(DeletedRows.DELETE))
                .findFirst()
                .map(row -> "row " + row.rank() + " of its history deletes version " + row.version()
                        + (isBaseline(history, row)
                                ? ", a baseline script, and the versions below it count as applied still: put the script back, and"
                                        + " remove"
                                : ", which an earlier row deletes already, so Flyway calls the history corrupted: remove")
                        + " the row with installed_rank " + row.rank() + " from table " + History.TABLE);
    }

    /**
     * The histories that may be written into a home without one that looks like this version: a baseline, and a baseline
     * with the repeatable scripts after it. The first that fits is the right one.
     */
    public static List<History> at(MigrationCatalog catalog, TenantHome home, String version) {
        History alone = History.baseline(version);
        List<History> histories = new ArrayList<>(List.of(alone));
        History all = alone;
        for (Migration migration : catalog.migrationsFor(home)) {
            all = migration.version() == null ? all.with(migration) : all;
        }
        if (all != alone) {
            histories.add(all);
        }
        return histories;
    }
}
