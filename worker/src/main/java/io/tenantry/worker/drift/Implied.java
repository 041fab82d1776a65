package io.tenantry.worker.drift;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Differences that follow from another one: the parts of a table that is missing, the index of a constraint, the sequence of
 * a column, what a partition has from its table. For one comparison.
 */
final class Implied {
    private static final Pattern INDEX = Pattern.compile(", index ((?:\"(?:[^\"]|\"\")*\"|[^,\"])+)");
    private static final Pattern OWNER = Pattern.compile("(?:OWNED BY|IDENTITY OF) (.+)$");
    private static final Pattern PARENT_INDEX = Pattern.compile(", partition of ((?:\"(?:[^\"]|\"\")*\"|[^,\"])+)");
    private static final Pattern INHERITED = Pattern.compile("(?:,| ) ?inherited \\d+.*$", Pattern.DOTALL);
    private static final String LOCAL = " and local";

    private final ComparableSnapshot reference;
    private final ComparableSnapshot home;
    private final Map<String, EntryDifference> differences;
    private final Set<String> indexesOfConstraints = new HashSet<>();

    Implied(ComparableSnapshot reference, ComparableSnapshot home, Map<String, EntryDifference> differences) {
        this.reference = reference;
        this.home = home;
        this.differences = differences;
        differences.values().stream()
                .filter(difference -> difference.label().startsWith("constraint "))
                .forEach(constraint -> {
                    addIndex(constraint.expected());
                    addIndex(constraint.actual());
                });
    }

    private void addIndex(@Nullable Entry constraint) {
        if (constraint != null) {
            Matcher index = INDEX.matcher(constraint.definition());
            if (index.find()) {
                indexesOfConstraints.add("index " + index.group(1));
            }
        }
    }

    boolean has(EntryDifference difference) {
        String label = difference.label();
        return isPartOfOneSided(difference)
                || indexesOfConstraints.contains(label)
                || (label.startsWith("sequence ") && followsColumn(difference))
                || (label.startsWith(Aspect.OWNER.label("sequence ")) && followsOwnerOfTable(difference))
                || (label.startsWith("index ") && followsIndexOfPartitioned(difference))
                || (label.startsWith("column ") && isOfChangedView(difference))
                || isInherited(difference);
    }

    private boolean isPartOfOneSided(EntryDifference difference) {
        String whole = difference.one().partOf();
        return difference.isOneSided() && reference.has(whole) != home.has(whole);
    }

    /** A column has its sequence as long as it is there, and an identity column as long as it is one. */
    private boolean followsColumn(EntryDifference difference) {
        Matcher owner = OWNER.matcher(difference.one().definition());
        if (!difference.isOneSided() || !owner.find()) {
            return false;
        }
        String column = "column " + owner.group(1);
        boolean isIdentity = difference.one().definition().contains("IDENTITY OF ");
        return reference.has(column) != home.has(column) || (isIdentity && differences.containsKey(column));
    }

    private boolean followsOwnerOfTable(EntryDifference difference) {
        Entry sequence = home.entries().get(difference.one().partOf());
        Matcher owner = OWNER.matcher(sequence == null ? "" : sequence.definition());
        if (!owner.find()) {
            return false;
        }
        Entry column = home.entries().get("column " + owner.group(1));
        EntryDifference table = column == null ? null : differences.get(Aspect.OWNER.label(column.partOf()));
        return table != null
                && String.valueOf(table.actualText()).equals(difference.actualText())
                && String.valueOf(table.expectedText()).equals(difference.expectedText());
    }

    private boolean followsIndexOfPartitioned(EntryDifference difference) {
        Matcher parent = PARENT_INDEX.matcher(difference.one().definition());
        return difference.isOneSided() && parent.find() && isOneSided("index " + parent.group(1), difference.change());
    }

    private boolean isOneSided(String label, Change change) {
        EntryDifference other = differences.get(label);
        return other != null && other.change() == change;
    }

    private boolean isOfChangedView(EntryDifference difference) {
        String whole = difference.one().partOf();
        return whole.contains("view ") && differences.containsKey(whole);
    }

    /** What a table inherits differs in the same way as what it inherits it from. */
    private boolean isInherited(EntryDifference difference) {
        String definition = difference.one().definition();
        if (!INHERITED.matcher(definition).find() || definition.endsWith(LOCAL)) {
            return false;
        }
        ObjectName name = ObjectName.of(difference.label(), difference.one().partOf());
        return differences.values().stream().anyMatch(other -> {
            ObjectName parent = ObjectName.of(other.label(), other.one().partOf());
            return !other.label().equals(difference.label())
                    && other.change() == difference.change()
                    && parent.kind().equals(name.kind())
                    && inherits(difference.one().partOf(), String.valueOf(parent.table()))
                    && own(other.expected()).equals(own(difference.expected()))
                    && own(other.actual()).equals(own(difference.actual()))
                    && (!name.kind().equals("column") || lastPart(name).equals(lastPart(parent)));
        });
    }

    private boolean inherits(String table, String parent) {
        Entry entry = home.entries().get(table);
        return entry != null && entry.definition().contains("INHERITS " + parent);
    }

    private static String own(@Nullable Entry entry) {
        return entry == null
                ? ""
                : INDEX.matcher(INHERITED.matcher(entry.definition()).replaceFirst(""))
                        .replaceFirst("");
    }

    private static String lastPart(ObjectName column) {
        return column.name().substring(String.valueOf(column.table()).length() + 1);
    }
}
