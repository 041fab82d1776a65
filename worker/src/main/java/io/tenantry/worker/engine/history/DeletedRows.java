package io.tenantry.worker.engine.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

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
