package io.tenantry.worker.engine.history;

import io.tenantry.worker.postgres.home.TenantHome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The rows of {@code flyway undo}, of types such as UNDO_SQL. The edition of Flyway inside of Tenantry cannot read them: it
 * refuses the whole history.
 *
 * @see <a href="https://documentation.red-gate.com/fd/undo-277578948.html">Flyway: undo, not in the Community edition</a>
 */
final class UndoRows {
    private static final String UNDO = "UNDO";

    private UndoRows() {}

    /** Why a history with such rows cannot be used, and the statement that makes it usable; empty if it has none. */
    static Optional<String> fault(TenantHome home, History history) {
        List<HistoryRow> undos = history.rows().stream()
                .filter(row -> row.success() && row.type().startsWith(UNDO))
                .toList();
        if (undos.isEmpty()) {
            return Optional.empty();
        }
        List<HistoryRow> left = new ArrayList<>(history.rows());
        for (HistoryRow undo : undos) {
            left.remove(undo);
            left.stream()
                    .filter(row -> row.rank() < undo.rank() && Objects.equals(row.version(), undo.version()))
                    .reduce((earlier, later) -> later)
                    .ifPresent(left::remove);
        }
        String gone = history.rows().stream()
                .filter(row -> !left.contains(row))
                .map(row -> Integer.toString(row.rank()))
                .collect(Collectors.joining(", "));
        return Optional.of("its history has rows of `flyway undo` ("
                + undos.stream()
                        .map(row -> row.script() + " in row " + row.rank())
                        .collect(Collectors.joining(", "))
                + "), which the edition of Flyway in Tenantry cannot read: if the home is without what they undid, remove"
                + " them together with the rows that they undid, by DELETE FROM " + History.table(home.schema())
                + " WHERE installed_rank IN (" + gone + "); its version is then "
                + Optional.ofNullable(new History(left).version()).orElse("none"));
    }
}
