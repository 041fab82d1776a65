package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.Known;
import io.tenantry.worker.engine.hazard.Measurement.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What programs of the last release do not find after a script; what the script makes again counts as the same.
 *
 * @param start measured before the first statement
 * @param inUse the tables and columns that count
 * @param end measured after the last statement
 */
record EndOfScript(Measurement start, Known inUse, Measurement end) {
    List<Hazard> hazards() {
        List<Hazard> found = new ArrayList<>();
        start.relations().entrySet().stream()
                .filter(one -> inUse.has(one.getKey()))
                .sorted(Map.Entry.comparingByKey())
                .forEach(one -> {
                    if (one.getValue().isView()) {
                        goneView(one.getKey(), one.getValue(), found);
                    } else {
                        hiddenRows(one.getKey(), one.getValue(), found);
                    }
                });
        return found;
    }

    private void goneView(long number, Relation view, List<Hazard> found) {
        String word = view.word() + " " + view.name();
        if (!end.hasReadable(view.name())) {
            @Nullable Relation renamed = end.relations().get(number);
            found.add(hazard(
                    renamed == null ? HazardKind.BAN_DROP_VIEW : HazardKind.RENAMING_VIEW,
                    word + (renamed == null ? " is dropped" : " gets the name " + renamed.name())
                            + "; programs of the last release may use it"));
            return;
        }
        start.columns().entrySet().stream()
                .filter(column -> column.getKey().relation() == number
                        && !end.hasColumn(view.name(), column.getValue().name()))
                .sorted(Map.Entry.comparingByKey(StatementChanges.BY_NUMBER))
                .forEach(column -> found.add(hazard(
                        HazardKind.BAN_DROP_VIEW,
                        word + " has no column " + column.getValue().name()
                                + " any more; programs of the last release may use it")));
    }

    private void hiddenRows(long number, Relation table, List<Hazard> found) {
        @Nullable Relation after = end.relations().get(number);
        if (after != null && after.hidesRows() && !table.hidesRows()) {
            found.add(hazard(
                    HazardKind.ROW_SECURITY_WITHOUT_POLICY,
                    "table " + table.name() + " has row security, and no policy permits a row: programs of the last"
                            + " release that are not its owner see none and cannot write any"));
        }
    }

    private static Hazard hazard(HazardKind kind, String what) {
        return new Hazard(kind, null, what);
    }
}
