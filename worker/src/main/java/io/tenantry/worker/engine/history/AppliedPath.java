package io.tenantry.worker.engine.history;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.Sha256;
import io.tenantry.worker.postgres.home.TenantHome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/**
 * The migrations that made a home what it is, in the order in which they were applied. Failed rows of a history do not
 * count. A repeatable script counts where it was applied last. A row that {@code flyway baseline} wrote stands for all that a
 * new home at its version gets. Immutable.
 */
public final class AppliedPath {
    /** The type of a row that {@code flyway baseline} wrote. */
    private static final String BASELINE = "BASELINE";
    /** The type of a row that says that Flyway made the schema; no script. */
    private static final String SCHEMA = "SCHEMA";

    private static final int KEY_BYTES = 8;
    private static final Comparator<Migration> IN_ORDER = Comparator.comparing(
                    Migration::version, Comparator.nullsLast(Comparator.<MigrationVersion>naturalOrder()))
            .thenComparing(Migration::description);

    private final List<Migration> migrations;
    private final String key;
    private final @Nullable String unknown;

    private AppliedPath(List<Migration> migrations, String key, @Nullable String unknown) {
        this.migrations = List.copyOf(migrations);
        this.key = key;
        this.unknown = unknown;
    }

    /** What this home has had, by its history. */
    public static AppliedPath of(History history, MigrationCatalog catalog, TenantHome home) {
        return new Reader(catalog, home).read(history);
    }

    /** What a home gets that is made at this version: all repeatable scripts, and all versions up to this one. */
    public static AppliedPath upTo(MigrationVersion version, MigrationCatalog catalog, TenantHome home) {
        Reader reader = new Reader(catalog, home);
        reader.addVersionsUpTo(version);
        reader.migrations.stream()
                .filter(migration -> migration.version() == null)
                .forEach(reader::add);
        return reader.path();
    }

    /**
     * The migrations, in order; each is one of the catalog's, with the checksum that it has for the home. Empty if
     * {@link #unknown} is present.
     */
    public List<Migration> migrations() {
        return unknown == null ? migrations : List.of();
    }

    /** Why the catalog cannot make such a home: a sentence about the first row that it does not know; else empty. */
    public Optional<String> unknown() {
        return Optional.ofNullable(unknown);
    }

    /**
     * 16 hex digits: equal for homes that have had the same migrations in the same order, whatever their names are. Without
     * the texts of callbacks.
     */
    public String key() {
        return key;
    }

    /** Whether Flyway would apply the second migration after the first one in one run. */
    public static boolean inOrder(Migration first, Migration second) {
        return IN_ORDER.compare(first, second) < 0;
    }

    /** Reads one path. */
    private static final class Reader {
        private final MigrationCatalog catalog;
        private final List<Migration> migrations;
        private final List<Migration> path = new ArrayList<>();
        private final StringBuilder key = new StringBuilder();
        private @Nullable String unknown;

        private Reader(MigrationCatalog catalog, TenantHome home) {
            this.catalog = catalog;
            this.migrations = catalog.migrationsFor(home);
        }

        private AppliedPath read(History history) {
            Map<String, Integer> lastRanks = new HashMap<>();
            history.counting().stream()
                    .filter(row -> row.success() && row.version() == null)
                    .forEach(row -> lastRanks.put(row.description(), row.rank()));
            for (HistoryRow row : history.counting()) {
                boolean superseded =
                        row.version() == null && !Objects.equals(lastRanks.get(row.description()), row.rank());
                if (row.success() && !superseded && !row.type().equals(SCHEMA)) {
                    read(row);
                }
            }
            return path();
        }

        private AppliedPath path() {
            return new AppliedPath(path, new Sha256().add(key.toString()).hex(KEY_BYTES), unknown);
        }

        private void read(HistoryRow row) {
            if (row.type().equals(BASELINE) && row.version() != null) {
                addVersionsUpTo(row.version());
                return;
            }
            Optional<Migration> known =
                    migrations.stream().filter(one -> isOf(row, one)).findFirst();
            if (known.isPresent()) {
                add(known.get());
                return;
            }
            append(row.version(), row.description(), row.type(), row.checksum());
            if (unknown == null) {
                unknown = whyUnknown(row);
            }
        }

        /** The checksum of a repeatable script may be one that only a running Flyway knows. */
        private static boolean isOf(HistoryRow row, Migration migration) {
            boolean isUnchecked = migration.version() == null && migration.checksum() == null;
            return row.isOf(migration)
                    || (isUnchecked
                            && row.version() == null
                            && row.type().equals(migration.type())
                            && row.description().equals(migration.description()));
        }

        private String whyUnknown(HistoryRow row) {
            boolean isThere = migrations.stream()
                    .anyMatch(migration -> Objects.equals(migration.version(), row.version())
                            && (row.version() != null || migration.description().equals(row.description())));
            String what = row.version() == null ? "repeatable script " + row.description() : "version " + row.version();
            return isThere
                    ? "it has had another text of " + what + " than the one in the migrations of database "
                            + catalog.database() + ", so what its migrations make is not known"
                    : "it has had " + what + ", which the migrations of database " + catalog.database()
                            + " do not have, so what its migrations make is not known";
        }

        private void addVersionsUpTo(MigrationVersion version) {
            List<Migration> upTo = migrations.stream()
                    .filter(migration ->
                            migration.version() != null && migration.version().compareTo(version) <= 0)
                    .toList();
            MigrationState.forNewHome(upTo, null).forEach(this::add);
        }

        private void add(Migration migration) {
            path.add(migration);
            append(migration.version(), migration.description(), migration.type(), catalog.commonChecksum(migration));
        }

        private void append(
                @Nullable MigrationVersion version, String description, String type, @Nullable Integer checksum) {
            for (String part : List.of(String.valueOf(version), description, type, String.valueOf(checksum))) {
                key.append(part.length()).append(':').append(part);
            }
        }
    }
}
