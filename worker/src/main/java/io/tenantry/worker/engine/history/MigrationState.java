package io.tenantry.worker.engine.history;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/** Compares a history with a catalog, by Flyway's rules. */
public sealed interface MigrationState {
    /** Nothing is to be done, and Flyway would not complain. */
    record UpToDate() implements MigrationState {}

    /** All is in order, and these are to be applied, in this order. */
    record Behind(List<Migration> pending) implements MigrationState {}

    /**
     * Only Flyway can say what that means: a failed row, a changed script, a version below the highest applied one that must
     * not be applied.
     */
    record Irregular() implements MigrationState {}

    /**
     * Compares.
     *
     * @param migrations of the catalog, with the checksums that they have for this home
     * @param target null for the newest
     * @param outOfOrder whether versions below the highest applied one are applied too
     */
    static MigrationState of(
            List<Migration> migrations, History history, @Nullable MigrationVersion target, boolean outOfOrder) {
        return new Comparison(migrations, history).state(target, outOfOrder);
    }

    /** Whether a new home has it by the newest baseline, and only older homes ever run it. */
    static boolean isBelowBaseline(Migration migration, List<Migration> migrations) {
        MigrationVersion version = migration.version();
        return version != null && version.compareTo(newestBaseline(migrations)) <= 0;
    }

    /** It stands for all versions up to its own, in a place without history; for Flyway whatever the target. */
    private static MigrationVersion newestBaseline(List<Migration> migrations) {
        return migrations.stream()
                .filter(Migration::isBaseline)
                .map(Migration::version)
                .filter(Objects::nonNull)
                .max(MigrationVersion::compareTo)
                .orElse(MigrationVersion.EMPTY);
    }

    /** What Flyway would run in a place without history, up to the target. */
    static List<Migration> forNewHome(List<Migration> migrations, @Nullable MigrationVersion target) {
        return of(migrations, new History(List.of()), target, false) instanceof Behind behind
                ? behind.pending()
                : List.of();
    }

    /** The state of one comparison. */
    final class Comparison {
        private final List<Migration> migrations;
        private final Map<Place, Migration> byPlace = new HashMap<>();
        /** By identity: all are elements of the list. */
        private final Set<Migration> applied = Collections.newSetFromMap(new IdentityHashMap<>());

        private final Map<String, HistoryRow> latestOfRepeatable = new HashMap<>();
        private MigrationVersion highest = MigrationVersion.EMPTY;
        private MigrationVersion baseline = MigrationVersion.EMPTY;
        private boolean regular = true;

        /** A newer release was here. Its repeatable scripts may be newer too. */
        private boolean beyond;

        /** What a row of the history and its migration have in common. */
        private record Place(@Nullable MigrationVersion version, String type) {}

        private Comparison(List<Migration> migrations, History history) {
            this.migrations = migrations;
            migrations.forEach(
                    migration -> byPlace.putIfAbsent(new Place(migration.version(), migration.type()), migration));
            MigrationVersion head = migrations.stream()
                    .map(Migration::version)
                    .filter(Objects::nonNull)
                    .max(MigrationVersion::compareTo)
                    .orElse(MigrationVersion.EMPTY);
            history.counting().forEach(row -> read(row, head));
        }

        private void read(HistoryRow row, MigrationVersion head) {
            regular &= row.success() && !row.type().equals(DeletedRows.DELETE);
            MigrationVersion version = row.version();
            if (version == null) {
                latestOfRepeatable.put(row.description(), row);
                return;
            }
            boolean isFirst = highest.equals(MigrationVersion.EMPTY);
            if (version.compareTo(highest) > 0) {
                highest = version;
            }
            if (isFirst && row.isBaseline()) {
                baseline = version;
                beyond = version.compareTo(head) > 0;
                return;
            }
            @Nullable Migration known = byPlace.get(new Place(version, row.type()));
            if (known != null) {
                regular &= row.isOf(known);
                applied.add(known);
                if (known.isBaseline() && version.compareTo(baseline) > 0) {
                    baseline = version;
                }
            } else if (version.compareTo(head) > 0) {
                beyond = true;
            } else {
                regular = false;
            }
        }

        private MigrationState state(@Nullable MigrationVersion target, boolean outOfOrder) {
            if (!regular) {
                return new Irregular();
            }
            if (highest.equals(MigrationVersion.EMPTY)) {
                baseline = newestBaseline(migrations);
            }
            List<Migration> pending = new ArrayList<>();
            for (Migration migration : migrations) {
                if (isPending(migration, target)) {
                    pending.add(migration);
                    if (!outOfOrder && migration.version() != null && highest.compareTo(migration.version()) > 0) {
                        return new Irregular();
                    }
                }
            }
            return pending.isEmpty() ? new UpToDate() : new Behind(pending);
        }

        private boolean isPending(Migration migration, @Nullable MigrationVersion target) {
            MigrationVersion version = migration.version();
            if (version == null) {
                HistoryRow latest = latestOfRepeatable.get(migration.description());
                return !beyond && (latest == null || !latest.isOf(migration));
            }
            if (applied.contains(migration)) {
                return false;
            }
            return migration.isBaseline()
                    ? highest.equals(MigrationVersion.EMPTY) && version.equals(baseline)
                    : version.compareTo(baseline) > 0 && (target == null || version.compareTo(target) <= 0);
        }
    }
}
