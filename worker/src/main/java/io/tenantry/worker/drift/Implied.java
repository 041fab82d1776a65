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
 * a column, what a partition has from its table, the functions of a range type. For one comparison.
 */
final class Implied {
    private static final Pattern INDEX = Pattern.compile(", index ((?:\"(?:[^\"]|\"\")*\"|[^,\"])+)");
    private static final Pattern OWNER = Pattern.compile("(?:OWNED BY|IDENTITY OF) (.+)$");
    private static final Pattern PARENT_INDEX = Pattern.compile(", partition of ((?:\"(?:[^\"]|\"\")*\"|[^,\"])+)");
    private static final Pattern INHERITED = Pattern.compile("(?:,| ) ?inherited \\d+.*$", Pattern.DOTALL);
    private static final String UNLOGGED = "UNLOGGED ";
    private static final Pattern UNLOGGED_OBJECT = Pattern.compile("(?:^|, )UNLOGGED(?=,| |$)");
    private static final String LOCAL = " and local";
    /** PostgreSQL makes these with a range type. */
    private static final Pattern OF_RANGE_TYPE =
            Pattern.compile("AS \\$function\\$(?:multi)?range_constructor\\d\\$function\\$");

    private static final Pattern MULTIRANGE_TYPE =
            Pattern.compile(", multirange type ((?:\"(?:[^\"]|\"\")*\"|[^,\"])+)");

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
                || (label.startsWith("sequence ") && followsPersistence(difference))
                || (label.startsWith(Aspect.OWNER.label("sequence ")) && followsOwnerOfTable(difference))
                || (label.startsWith("index ") && followsIndexOfPartitioned(difference))
                || (label.startsWith("column ") && isOfChangedView(difference))
                || isInherited(difference)
                || isInheritedElsewhere(difference)
                || isOfRangeType(difference);
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

    /** PostgreSQL makes a table UNLOGGED with its sequences. */
    private boolean followsPersistence(EntryDifference difference) {
        Matcher owner = OWNER.matcher(difference.one().definition());
        if (difference.isOneSided() || !owner.find()) {
            return false;
        }
        String expected = String.valueOf(difference.expectedText());
        String actual = String.valueOf(difference.actualText());
        Entry column = home.entries().get("column " + owner.group(1));
        EntryDifference table = column == null ? null : differences.get(column.partOf());
        return table != null
                && isUnlogged(table.expected()) == isUnlogged(difference.expected())
                && isUnlogged(table.actual()) == isUnlogged(difference.actual())
                && expected.replace(UNLOGGED, "").equals(actual.replace(UNLOGGED, ""));
    }

    private static boolean isUnlogged(@Nullable Entry entry) {
        return entry != null && UNLOGGED_OBJECT.matcher(entry.definition()).find();
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

    /** What differs only in where it comes from: the table inherits from another one, or its parent is another one. */
    private boolean isInheritedElsewhere(EntryDifference difference) {
        String table = difference.one().partOf();
        if (difference.isOneSided()
                || !withoutParent(difference.expected()).equals(withoutParent(difference.actual()))) {
            return false;
        }
        EntryDifference whole = differences.get(table);
        boolean isDetached = whole != null && (isChild(whole.expected()) || isChild(whole.actual()));
        return isDetached || hasOneSidedParent(difference, ObjectName.of(difference.label(), table));
    }

    private boolean hasOneSidedParent(EntryDifference difference, ObjectName name) {
        if (name.kind().equals("index")) {
            return isParentOneSided(difference.expected()) || isParentOneSided(difference.actual());
        }
        return differences.values().stream()
                .filter(EntryDifference::isOneSided)
                .filter(other -> other.label().startsWith(name.kind() + " "))
                .map(other -> ObjectName.of(other.label(), other.one().partOf()))
                .anyMatch(parent -> inherits(difference.one().partOf(), String.valueOf(parent.table()))
                        && lastPart(name).equals(lastPart(parent)));
    }

    private boolean isParentOneSided(@Nullable Entry index) {
        Matcher parent = PARENT_INDEX.matcher(index == null ? "" : index.definition());
        EntryDifference other = parent.find() ? differences.get("index " + parent.group(1)) : null;
        return other != null && other.isOneSided();
    }

    private static boolean isChild(@Nullable Entry table) {
        return table != null && table.definition().contains("INHERITS ");
    }

    private static String withoutParent(@Nullable Entry entry) {
        return PARENT_INDEX.matcher(own(entry)).replaceFirst("");
    }

    private boolean isOfRangeType(EntryDifference difference) {
        String label = difference.label();
        String definition = difference.one().definition();
        if (!difference.isOneSided()) {
            return false;
        }
        if (label.startsWith("function ")) {
            return OF_RANGE_TYPE.matcher(definition).find();
        }
        return differences.values().stream()
                .filter(other -> other.label().startsWith("range type ") && other.change() == difference.change())
                .map(other -> MULTIRANGE_TYPE.matcher(other.one().definition()))
                .filter(Matcher::find)
                .map(multirange -> multirange.group(1))
                .anyMatch(multirange -> label.equals("multirange type " + multirange)
                        || (label.startsWith("cast ") && label.endsWith(" AS " + multirange + ")")));
    }

    private boolean inherits(String table, String parent) {
        Entry entry = home.entries().get(table);
        int parents = entry == null ? -1 : entry.definition().indexOf("INHERITS ");
        return entry != null
                && parents >= 0
                && Pattern.compile("(?:^INHERITS |, )" + Pattern.quote(parent) + "(?=, |$| DETACH PENDING)")
                        .matcher(entry.definition().substring(parents))
                        .find();
    }

    private static String own(@Nullable Entry entry) {
        return entry == null
                ? ""
                : INDEX.matcher(INHERITED.matcher(entry.definition()).replaceFirst(""))
                        .replaceFirst("");
    }

    private static String lastPart(ObjectName name) {
        return name.kind().equals("column")
                ? name.name().substring(String.valueOf(name.table()).length() + 1)
                : name.name();
    }
}
