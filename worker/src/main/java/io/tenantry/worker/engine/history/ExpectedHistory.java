package io.tenantry.worker.engine.history;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/**
 * The history of a home at a version, if all migrations up to this version were applied, in their order, and nothing else.
 * Most homes have it, so a plan can be sent to them before their history is read. Safe for use by many threads.
 */
public final class ExpectedHistory {
    private final List<Migration> migrations;
    private final List<HistoryRow> rows;
    /** By the number of rows: homes that are at the same version share it. */
    private final Map<Integer, History> histories = new ConcurrentHashMap<>();

    private ExpectedHistory(List<Migration> migrations) {
        this.migrations = migrations;
        List<HistoryRow> all = new ArrayList<>(migrations.size());
        for (Migration migration : migrations) {
            all.add(HistoryRow.of(all.size() + 1, migration));
        }
        this.rows = List.copyOf(all);
    }

    /**
     * Of homes of a catalog.
     *
     * @param migrations in Flyway's order
     * @return empty if one is repeatable or a baseline: then the version does not define the history
     */
    public static Optional<ExpectedHistory> of(List<Migration> migrations) {
        boolean isDefined =
                migrations.stream().allMatch(migration -> migration.version() != null && !migration.isBaseline());
        return isDefined ? Optional.of(new ExpectedHistory(List.copyOf(migrations))) : Optional.empty();
    }

    /** Of a home at this version, which need not be one of a migration. */
    public History at(MigrationVersion version) {
        return histories.computeIfAbsent(upTo(version), count -> new History(rows.subList(0, count)));
    }

    /**
     * What is to be applied to a home at a version, in order.
     *
     * @param target null for the newest
     */
    public List<Migration> pending(MigrationVersion from, @Nullable MigrationVersion target) {
        int first = upTo(from);
        int end = target == null ? migrations.size() : upTo(target);
        return end <= first ? List.of() : migrations.subList(first, end);
    }

    /** How many migrations there are up to this version. */
    private int upTo(MigrationVersion version) {
        int count = 0;
        int above = migrations.size();
        while (count < above) {
            int middle = (count + above) / 2;
            MigrationVersion there =
                    Objects.requireNonNull(migrations.get(middle).version());
            if (there.compareTo(version) <= 0) {
                count = middle + 1;
            } else {
                above = middle;
            }
        }
        return count;
    }
}
