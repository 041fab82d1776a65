package io.tenantry.worker.drift;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What differs between a home and its reference. Immutable. */
public final class Comparison {
    /** The name of a further schema, as SQL has it; empty for the home's own. */
    private final String schema;

    private final ComparableSnapshot reference;
    private final ComparableSnapshot home;
    private final SortedMap<String, EntryDifference> entries;
    /** Of the further schemas that both have. */
    private final List<Comparison> further;

    private Comparison(
            String schema,
            ComparableSnapshot reference,
            ComparableSnapshot home,
            SortedMap<String, EntryDifference> entries,
            List<Comparison> further) {
        this.schema = schema;
        this.reference = reference;
        this.home = home;
        this.entries = entries;
        this.further = further;
    }

    /** Compares two snapshots that were prepared in the same way. */
    public static Comparison of(ComparableSnapshot reference, ComparableSnapshot home) {
        return of("", reference, home);
    }

    private static Comparison of(String schema, ComparableSnapshot reference, ComparableSnapshot home) {
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
        NameDependence.leaveOut(reference.nameDependent(), differing);
        List<Comparison> further = new ArrayList<>();
        reference.further().forEach((name, expected) -> {
            ComparableSnapshot actual = home.further().get(name);
            if (actual != null) {
                further.add(of(name, expected, actual));
            }
        });
        return new Comparison(schema, reference, home, differing, further);
    }

    /** The same without the differences of these objects. */
    public Comparison without(Set<Spelling> spellings) {
        SortedMap<String, EntryDifference> others = new TreeMap<>(entries);
        spellings.stream()
                .filter(spelling -> spelling.schema().equals(schema))
                .forEach(spelling -> others.remove(spelling.label()));
        return new Comparison(
                schema,
                reference,
                home,
                others,
                further.stream().map(one -> one.without(spellings)).toList());
    }

    /** The entries that both have with other definitions, by their labels. */
    public List<Spelling> changed() {
        Stream<Spelling> own = entries.values().stream()
                .filter(difference -> !difference.isOneSided())
                .map(difference -> new Spelling(
                        schema,
                        difference.label(),
                        difference.one().partOf(),
                        Objects.requireNonNull(difference.expectedText()),
                        Objects.requireNonNull(difference.actualText())));
        return Stream.concat(own, further.stream().flatMap(one -> one.changed().stream()))
                .toList();
    }

    /**
     * Two definitions of one object.
     *
     * @param schema the name of a further schema that it is in, as SQL has it; empty for the home's own
     * @param partOf the label of the object that it belongs to; empty if it belongs to the schema
     */
    public record Spelling(String schema, String label, String partOf, String expected, String actual) {}

    /** Whether home and reference are the same, as far as they were compared. */
    public boolean isEmpty() {
        return entries.isEmpty() && reordered().isEmpty() && further.stream().allMatch(Comparison::isEmpty);
    }

    /** Whether both have the same objects, so that respelling may find that they are the same. */
    public boolean hasSameObjects() {
        return entries.values().stream().noneMatch(EntryDifference::isOneSided)
                && further.stream().allMatch(Comparison::hasSameObjects);
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
        further.forEach(one -> differences.addAll(one.differences()));
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
    private DriftDifference ofAspect(EntryDifference difference, Aspect aspect, ComparableSnapshot of) {
        String object = difference.one().partOf();
        @Nullable Entry entry = of.entries().get(object);
        ObjectName name =
                ObjectName.of(object, entry == null ? "" : entry.partOf()).in(schema);
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
                ReadableDefinition.name(name.in(schema)),
                name.in(schema).table(),
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
        @Nullable ComparableSnapshot inside =
                name.kind().equals("schema") ? snapshot.further().get(name.name()) : null;
        if (inside != null && difference.isOneSided()) {
            return inside.summary();
        }
        String readable = ReadableDefinition.of(name.kind(), entry.definition());
        List<String> columns = snapshot.columns().getOrDefault(difference.label(), List.of());
        // The query of a view names its columns.
        if (!difference.isOneSided() || columns.isEmpty() || name.kind().endsWith("view")) {
            return readable;
        }
        String listed = columns.stream()
                .map(column -> ColumnOrder.columnName(column, name.name()) + " "
                        + ReadableDefinition.of(
                                "column",
                                Objects.requireNonNull(snapshot.entries().get(column))
                                        .definition()))
                .collect(Collectors.joining(", ", "(", ")"));
        return readable.isEmpty() ? listed : listed + " " + readable;
    }

    private static String kind(String kind, @Nullable Entry entry) {
        return ReadableDefinition.kind(kind, entry == null ? "" : entry.definition());
    }

    private List<DriftDifference> reordered() {
        return new ColumnOrder(reference, home, entries.keySet(), schema).differences();
    }
}
