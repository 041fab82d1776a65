package io.tenantry.worker.engine.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.flywaydb.core.api.MigrationVersion;

/**
 * The rows by which {@code flyway repair} says that scripts are gone. It leaves the row of such a script, and adds one of
 * type DELETE. From then on Flyway takes the script for one that was never applied.
 *
 * @see <a href="https://documentation.red-gate.com/fd/repair-277578945.html">Flyway: repair</a>
 */
final class DeletedRows {
    static final String DELETE = "DELETE";
    /** Types that no script has: these rows are never deleted. */
    private static final Set<String> WITHOUT_SCRIPT = Set.of(DELETE, HistoryRow.BASELINE, "SCHEMA");

    private DeletedRows() {}

    /**
     * The rows that still count. A second DELETE of one row stays: Flyway calls such a history corrupted. So does the DELETE of
     * a baseline script, with its row: only Flyway goes on from there.
     */
    static List<HistoryRow> without(List<HistoryRow> rows) {
        if (rows.stream().noneMatch(DeletedRows::deletes)) {
            return rows;
        }
        List<HistoryRow> counting = new ArrayList<>();
        List<HistoryRow> before = new ArrayList<>();
        for (HistoryRow row : rows) {
            if (!deletes(row)) {
                counting.add(row);
            } else if (row.version() == null) {
                counting.removeIf(
                        other -> other.version() == null && other.description().equals(row.description()));
            } else {
                Optional<HistoryRow> script = lastScript(row, before);
                // Of a baseline script that is gone, Flyway still knows what is below it.
                boolean isBaseline = script.isPresent() && script.get().type().endsWith(HistoryRow.BASELINE);
                if (script.isPresent() && (isBaseline || !counting.remove(script.get()))) {
                    counting.add(row);
                }
            }
            before.add(row);
        }
        return List.copyOf(counting);
    }

    /** The counting rows without baseline scripts that are deleted, and without the rows that say so. */
    static List<HistoryRow> withoutBaselines(List<HistoryRow> counting) {
        Set<MigrationVersion> gone = versions(counting, DeletedRows::deletes);
        gone.retainAll(versions(counting, DeletedRows::isBaselineScript));
        return counting.stream()
                .filter(row -> !gone.contains(row.version()) || !(deletes(row) || isBaselineScript(row)))
                .toList();
    }

    private static Set<MigrationVersion> versions(List<HistoryRow> rows, Predicate<HistoryRow> which) {
        return rows.stream()
                .filter(row -> row.version() != null && which.test(row))
                .map(HistoryRow::version)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static boolean isBaselineScript(HistoryRow row) {
        return row.type().endsWith("_" + HistoryRow.BASELINE);
    }

    private static boolean deletes(HistoryRow row) {
        return row.success() && row.type().equals(DELETE);
    }

    private static Optional<HistoryRow> lastScript(HistoryRow deletion, List<HistoryRow> before) {
        return before.stream()
                .filter(row ->
                        Objects.equals(row.version(), deletion.version()) && !WITHOUT_SCRIPT.contains(row.type()))
                .reduce((earlier, later) -> later);
    }
}
