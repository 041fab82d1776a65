package io.tenantry.worker.drift;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tables whose common columns have another order. A restore makes the columns that a table inherits before its own, so only
 * its own have an order. The columns of a partition are all inherited; a restore makes it as a table, and attaches it.
 *
 * @param schema the name of a further schema, as SQL has it; empty for the home's own
 * @param differing the labels of what differs
 */
record ColumnOrder(ComparableSnapshot reference, ComparableSnapshot home, Set<String> differing, String schema) {
    private static final Pattern INHERITED = Pattern.compile(" inherited \\d+(?: and local)?$");
    private static final Pattern PARTITION = Pattern.compile("INHERITS .*?, (?:FOR VALUES |DEFAULT(?:, |$))");

    List<DriftDifference> differences() {
        List<DriftDifference> reordered = new ArrayList<>();
        for (Map.Entry<String, List<String>> table : new TreeMap<>(reference.columns()).entrySet()) {
            String label = table.getKey();
            List<String> expected = new ArrayList<>(table.getValue());
            List<String> actual = new ArrayList<>(home.columns().getOrDefault(label, List.of()));
            expected.retainAll(Set.copyOf(actual));
            actual.retainAll(Set.copyOf(expected));
            expected.removeIf(column -> mayMove(label, column));
            actual.removeIf(column -> mayMove(label, column));
            // A view whose query differs has other columns.
            boolean isOther = label.contains("view ") && differing.contains(label);
            if (!expected.equals(actual) && !isOther) {
                reordered.add(difference(label, expected, actual));
            }
        }
        return reordered;
    }

    private boolean mayMove(String table, String column) {
        return mayMove(reference, table, column) || mayMove(home, table, column);
    }

    private static boolean mayMove(ComparableSnapshot snapshot, String table, String column) {
        Entry entry = snapshot.entries().get(column);
        Entry whole = snapshot.entries().get(table);
        return entry != null
                && INHERITED.matcher(entry.definition()).find()
                && (whole == null || !PARTITION.matcher(whole.definition()).find());
    }

    private DriftDifference difference(String label, List<String> expected, List<String> actual) {
        String name = ObjectName.name(label);
        String shown = ObjectName.label(label, schema);
        return new DriftDifference(
                Change.CHANGED,
                "column order",
                shown,
                ObjectName.name(shown),
                names(expected, name),
                names(actual, name));
    }

    private static String names(List<String> columns, String table) {
        return columns.stream().map(column -> columnName(column, table)).collect(Collectors.joining(", "));
    }

    /** The name of a column in its label. */
    static String columnName(String label, String table) {
        return ObjectName.name(label).substring(table.length() + 1);
    }
}
