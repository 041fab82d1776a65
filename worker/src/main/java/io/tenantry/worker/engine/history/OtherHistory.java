package io.tenantry.worker.engine.history;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.flywaydb.core.api.MigrationVersion;

/**
 * The history that a home may have had before somebody changed its history table by hand.
 *
 * @param hint for people, if the home is what this history makes
 */
public record OtherHistory(History history, String hint) {
    /** Those with the next version, with all newer versions, and without the last version; each only if there is one. */
    public static List<OtherHistory> of(History history, List<Migration> migrations) {
        List<OtherHistory> others = new ArrayList<>();
        MigrationVersion current = history.current().orElse(MigrationVersion.EMPTY);
        List<Migration> newer = migrations.stream()
                .filter(one -> one.version() != null
                        && !one.isBaseline()
                        && one.version().compareTo(current) > 0)
                .sorted(Comparator.comparing(one -> Objects.requireNonNull(one.version())))
                .toList();
        if (!newer.isEmpty()) {
            others.add(with(history, newer.subList(0, 1)));
        }
        if (newer.size() > 1) {
            others.add(with(history, newer));
        }
        history.rows().stream()
                .filter(row -> row.success() && current.equals(row.version()))
                .reduce((earlier, later) -> later)
                .ifPresent(last -> others.add(without(history, last)));
        return others;
    }

    private static OtherHistory with(History history, List<Migration> lost) {
        History longer = history;
        for (Migration migration : lost) {
            longer = longer.with(migration);
        }
        String scripts = lost.stream().map(Migration::script).collect(Collectors.joining(", "));
        return new OtherHistory(
                longer,
                "the home is as at version " + longer.version()
                        + ", so its flyway_schema_history seems to have lost the row of " + scripts
                        + ": put it back, or the next upgrade runs the script again");
    }

    private static OtherHistory without(History history, HistoryRow last) {
        History shorter = new History(
                history.rows().stream().filter(row -> !row.equals(last)).toList());
        String before = shorter.version() == null ? "before its first version" : "as at version " + shorter.version();
        return new OtherHistory(
                shorter,
                "the home is " + before + ", so " + last.script() + " seems not to have run here, although"
                        + " flyway_schema_history has its row: delete the row, and migrate the tenant again");
    }
}
