package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.ColumnKey;
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
                .filter(one -> inUse.hasName(one.getValue().name()))
                .sorted(Map.Entry.comparingByKey())
                .forEach(one -> {
                    Relation relation = one.getValue();
                    if (relation.isView()) {
                        goneView(one.getKey(), relation, HazardKind.BAN_DROP_VIEW, HazardKind.RENAMING_VIEW, found);
                        goneColumns(one.getKey(), relation, HazardKind.BAN_DROP_VIEW, found);
                        retypedColumns(one.getKey(), relation, found);
                    } else if (relation.isForeignTable()) {
                        goneView(one.getKey(), relation, HazardKind.BAN_DROP_TABLE, HazardKind.RENAMING_TABLE, found);
                        goneColumns(one.getKey(), relation, HazardKind.BAN_DROP_COLUMN, found);
                    } else if (relation.isCompositeType() && !end.relations().containsKey(one.getKey())) {
                        goneColumns(one.getKey(), relation, HazardKind.BAN_DROP_COLUMN, found);
                    } else {
                        hiddenRows(one.getKey(), relation, found);
                    }
                });
        end.columns().entrySet().stream()
                .sorted(Map.Entry.comparingByKey(StatementChanges.BY_NUMBER))
                .forEach(column -> {
                    requiredColumn(column.getKey(), column.getValue(), found);
                    refusingColumn(column.getKey(), column.getValue(), found);
                });
        return found;
    }

    /**
     * Those that the end of the script does not take back: a renamed table may have a view of its old name. Another table of its
     * name has not the rows that were written after it was filled.
     */
    List<Hazard> withoutReplaced(List<Hazard> found) {
        List<String> replaced = start.relations().entrySet().stream()
                .filter(one -> one.getValue().isTable() && hasSameColumns(one.getKey(), one.getValue()))
                .map(one -> "table " + one.getValue().name() + " gets the name ")
                .toList();
        return found.stream()
                .filter(hazard -> hazard.kind() != HazardKind.RENAMING_TABLE
                        || replaced.stream().noneMatch(hazard.what()::startsWith))
                .toList();
    }

    private boolean hasSameColumns(long number, Relation table) {
        return end.hasView(table.name())
                && start.columns().entrySet().stream()
                        .filter(column -> column.getKey().relation() == number
                                && !column.getValue().dropped())
                        .allMatch(column ->
                                end.hasColumn(table.name(), column.getValue().name()));
    }

    /** A column that programs of the last release do not fill, or that had a default until now. */
    private void requiredColumn(ColumnKey key, Column column, List<Hazard> found) {
        @Nullable Relation table = start.relations().get(key.relation());
        @Nullable Column before = start.columns().get(key);
        if (isRequired(column)
                && (before == null || !isRequired(before))
                && table != null
                && table.isTable()
                && inUse.has(key.relation())
                && !end.parents().containsKey(key.relation())
                && (before == null || before.hasValue() || !inUse.has(key))) {
            found.add(hazard(
                    HazardKind.ADDING_REQUIRED_FIELD,
                    "column " + table.name() + "." + column.name() + " is NOT NULL and has no default "
                            + (before == null || !before.hasValue() ? "" : "any more ")
                            + "at the end of the script: each INSERT of programs of the last release fails"));
        }
    }

    /** A column to which programs of the last release may give a value. */
    private void refusingColumn(ColumnKey key, Column column, List<Hazard> found) {
        @Nullable Column before = start.columns().get(key);
        @Nullable Relation table = start.relations().get(key.relation());
        if (before != null
                && table != null
                && column.refusesValues()
                && !before.refusesValues()
                && inUse.has(key)
                && !end.parents().containsKey(key.relation())) {
            found.add(hazard(
                    HazardKind.ADDING_GENERATED_ALWAYS,
                    "column " + table.name() + "." + column.name()
                            + " is GENERATED ALWAYS now: each INSERT of programs of the last release that gives it a value"
                            + " fails"));
        }
    }

    /** Columns of a view that is made again with values of another type. */
    private void retypedColumns(long number, Relation view, List<Hazard> found) {
        start.columns().entrySet().stream()
                .filter(column -> column.getKey().relation() == number
                        && inUse.hasName(view.name(), column.getValue().name()))
                .sorted(Map.Entry.comparingByKey(StatementChanges.BY_NUMBER))
                .map(Map.Entry::getValue)
                .forEach(column -> end.column(view.name(), column.name())
                        .filter(after -> !after.looksLike(column))
                        .ifPresent(after -> found.add(hazard(
                                HazardKind.CHANGING_COLUMN_TYPE,
                                "column " + column.name() + " of " + view.word() + " " + view.name() + " changes from "
                                        + column.type() + " to " + after.type()
                                        + "; programs of the last release expect the old type"))));
    }

    private static boolean isRequired(Column column) {
        return column.notNull() && !column.hasValue() && !column.dropped();
    }

    private void goneView(long number, Relation view, HazardKind drop, HazardKind rename, List<Hazard> found) {
        if (!end.hasReadable(view.name())) {
            @Nullable Relation renamed = end.relations().get(number);
            found.add(hazard(
                    renamed == null ? drop : rename,
                    view.word() + " " + view.name()
                            + (renamed == null ? " is dropped" : " gets the name " + renamed.name())
                            + "; programs of the last release may use it"));
        }
    }

    /** Columns that are not there any more under the name of a relation that is there. */
    private void goneColumns(long number, Relation relation, HazardKind kind, List<Hazard> found) {
        if (end.relations().values().stream().noneMatch(one -> one.name().equals(relation.name()))) {
            return;
        }
        String what = relation.isCompositeType() ? " has no attribute " : " has no column ";
        start.columns().entrySet().stream()
                .filter(column -> column.getKey().relation() == number
                        && !column.getValue().dropped()
                        && inUse.hasName(relation.name(), column.getValue().name())
                        && !end.hasColumn(relation.name(), column.getValue().name()))
                .sorted(Map.Entry.comparingByKey(StatementChanges.BY_NUMBER))
                .forEach(column -> found.add(hazard(
                        kind,
                        relation.word() + " " + relation.name() + what
                                + column.getValue().name() + " any more; programs of the last release may use it")));
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
