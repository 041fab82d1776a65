package io.tenantry.worker.drift;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What differs between a home and its reference. Immutable. */
public final class Comparison {
    private final ComparableSnapshot reference;
    private final ComparableSnapshot home;
    private final SortedMap<String, EntryDifference> entries;

    private Comparison(
            ComparableSnapshot reference, ComparableSnapshot home, SortedMap<String, EntryDifference> entries) {
        this.reference = reference;
        this.home = home;
        this.entries = entries;
    }

    /** Compares two snapshots that were prepared in the same way. */
    public static Comparison of(ComparableSnapshot reference, ComparableSnapshot home) {
        SortedSet<String> labels = new TreeSet<>(reference.entries().keySet());
        labels.addAll(home.entries().keySet());
        SortedMap<String, EntryDifference> differing = new TreeMap<>();
        for (String label : labels) {
            Entry expected = reference.entries().get(label);
            Entry actual = home.entries().get(label);
            if (!Objects.equals(expected, actual)) {
                differing.put(label, new EntryDifference(label, expected, actual));
            }
        }
        return new Comparison(reference, home, differing);
    }

    /** The same without the differences of these labels. */
    public Comparison without(Set<String> labels) {
        SortedMap<String, EntryDifference> others = new TreeMap<>(entries);
        others.keySet().removeAll(labels);
        return new Comparison(reference, home, others);
    }

    /** The entries that both have with other definitions, by their labels. */
    public List<Spelling> changed() {
        return entries.values().stream()
                .filter(difference -> !difference.isOneSided())
                .map(difference -> new Spelling(
                        difference.label(),
                        difference.one().partOf(),
                        Objects.requireNonNull(difference.expectedText()),
                        Objects.requireNonNull(difference.actualText())))
                .toList();
    }

    /**
     * Two definitions of one object.
     *
     * @param partOf the label of the object that it belongs to; empty if it belongs to the schema
     */
    public record Spelling(String label, String partOf, String expected, String actual) {}

    /** Whether home and reference are the same, as far as they were compared. */
    public boolean isEmpty() {
        return entries.isEmpty() && reordered().isEmpty();
    }

    /** Whether both have the same objects, so that respelling may find that they are the same. */
    public boolean hasSameObjects() {
        return entries.values().stream().noneMatch(EntryDifference::isOneSided);
    }

    /** The differences; one that follows from another one is left out. Empty if there is none. */
    public List<DriftDifference> differences() {
        Implied implied = new Implied(reference, home, entries);
        List<DriftDifference> differences = new ArrayList<>();
        for (EntryDifference difference : entries.values()) {
            if (!implied.has(difference)) {
                differences.add(difference(difference));
            }
        }
        differences.addAll(reordered());
        return List.copyOf(differences);
    }

    private DriftDifference difference(EntryDifference difference) {
        ComparableSnapshot of = difference.actual() == null ? reference : home;
        String label = difference.label();
        String partOf = difference.one().partOf();
        return Aspect.of(label)
                .map(aspect -> ofAspect(difference, aspect, of))
                .orElseGet(() -> ofObject(difference, ObjectName.of(label, partOf)));
    }

    /** An object without privileges, or without a comment, is one with others: it is not missing. */
    private static DriftDifference ofAspect(EntryDifference difference, Aspect aspect, ComparableSnapshot of) {
        String object = difference.one().partOf();
        @Nullable Entry entry = of.entries().get(object);
        ObjectName name = ObjectName.of(object, entry == null ? "" : entry.partOf());
        DriftDifference named = new DriftDifference(
                Change.CHANGED, kind(name.kind(), entry), ReadableDefinition.name(name), name.table(), null, null);
        return new DriftDifference(
                Change.CHANGED,
                aspect.kind(),
                named.subject(),
                name.isTable() ? name.name() : name.table(),
                difference.expectedText(),
                difference.actualText());
    }

    private DriftDifference ofObject(EntryDifference difference, ObjectName name) {
        return new DriftDifference(
                difference.change(),
                kind(name.kind(), difference.one()),
                ReadableDefinition.name(name),
                name.table(),
                text(reference, difference, name, difference.expected()),
                text(home, difference, name, difference.actual()));
    }

    private static @Nullable String text(
            ComparableSnapshot snapshot, EntryDifference difference, ObjectName name, @Nullable Entry entry) {
        if (entry == null) {
            return null;
        }
        if (name.kind().equals("default privileges")) {
            Entry granted = snapshot.entries().get(Aspect.PRIVILEGES.label(difference.label()));
            return granted == null ? "" : granted.definition();
        }
        String readable = ReadableDefinition.of(name.kind(), entry.definition());
        List<String> columns = snapshot.columns().getOrDefault(difference.label(), List.of());
        // The query of a view names its columns.
        if (!difference.isOneSided() || columns.isEmpty() || name.kind().endsWith("view")) {
            return readable;
        }
        String listed = columns.stream()
                .map(column -> columnName(column, name.name()) + " "
                        + ReadableDefinition.of(
                                "column",
                                Objects.requireNonNull(snapshot.entries().get(column))
                                        .definition()))
                .collect(Collectors.joining(", ", "(", ")"));
        return readable.isEmpty() ? listed : listed + " " + readable;
    }

    private static String kind(String kind, @Nullable Entry entry) {
        return kind.equals("constraint") && entry != null
                ? ReadableDefinition.kindOfConstraint(entry.definition())
                : kind;
    }

    /** Tables whose common columns have another order. */
    private List<DriftDifference> reordered() {
        List<DriftDifference> reordered = new ArrayList<>();
        for (Map.Entry<String, List<String>> table : new TreeMap<>(reference.columns()).entrySet()) {
            List<String> expected = new ArrayList<>(table.getValue());
            List<String> actual = new ArrayList<>(home.columns().getOrDefault(table.getKey(), List.of()));
            expected.retainAll(Set.copyOf(actual));
            actual.retainAll(Set.copyOf(expected));
            // A view whose query differs has other columns.
            boolean isOther = table.getKey().contains("view ") && entries.containsKey(table.getKey());
            if (!expected.equals(actual) && !isOther) {
                String name = ObjectName.name(table.getKey());
                reordered.add(new DriftDifference(
                        Change.CHANGED,
                        "column order",
                        table.getKey(),
                        name,
                        names(expected, name),
                        names(actual, name)));
            }
        }
        return reordered;
    }

    private static String names(List<String> columns, String table) {
        return columns.stream().map(column -> columnName(column, table)).collect(Collectors.joining(", "));
    }

    private static String columnName(String label, String table) {
        return ObjectName.name(label).substring(table.length() + 1);
    }
}
