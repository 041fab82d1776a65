package io.tenantry.worker.drift;

import io.tenantry.worker.config.Glob;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import io.tenantry.worker.engine.snapshot.FurtherSchemas;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot without what may differ between two homes that the same scripts made: the names that PostgreSQL gave to
 * NOT NULL constraints, the numbers of columns, objects of extensions, tables in which tools keep versions. Immutable.
 */
public final class ComparableSnapshot {
    private static final String SCHEMA = "schema ";

    private final SortedMap<String, Entry> entries;
    private final Map<String, List<String>> columns;
    private final Set<String> nameDependent;
    private final Set<Glob> matched;
    private final SortedMap<String, ComparableSnapshot> further;

    ComparableSnapshot(
            SortedMap<String, Entry> entries,
            Map<String, List<String>> columns,
            Set<String> nameDependent,
            Set<Glob> matched,
            SortedMap<String, ComparableSnapshot> further) {
        this.entries = Collections.unmodifiableSortedMap(entries);
        this.columns = columns;
        this.nameDependent = Set.copyOf(nameDependent);
        this.matched = Set.copyOf(matched);
        this.further = Collections.unmodifiableSortedMap(further);
    }

    /**
     * Prepares a snapshot for a comparison.
     *
     * @param excluded patterns of labels, such as {@code table audit_*}; parts and properties of an object go with it
     */
    public static ComparableSnapshot of(CatalogSnapshot snapshot, Isolation isolation, List<Glob> excluded) {
        SortedMap<String, SortedMap<String, Entry>> bySchema = FurtherSchemas.bySchema(snapshot);
        ComparableSnapshot own = new SnapshotFilter(entries(bySchema, ""), isolation, "", excluded).filtered();
        SortedMap<String, ComparableSnapshot> further = new TreeMap<>();
        own.entries.forEach((label, entry) -> {
            if (label.startsWith(SCHEMA) && !entry.definition().equals(FurtherSchemas.CLOSED)) {
                String schema = label.substring(SCHEMA.length());
                further.put(
                        schema, new SnapshotFilter(entries(bySchema, schema), isolation, schema, excluded).filtered());
            }
        });
        return new ComparableSnapshot(own.entries, own.columns, own.nameDependent, own.matched, further);
    }

    private static SortedMap<String, Entry> entries(
            SortedMap<String, SortedMap<String, Entry>> bySchema, String schema) {
        return bySchema.getOrDefault(schema, Collections.emptySortedMap());
    }

    /** The patterns that have excluded something. */
    public Set<Glob> matched() {
        Set<Glob> all = new HashSet<>(matched);
        further.values().forEach(one -> all.addAll(one.matched));
        return all;
    }

    /** By label. */
    SortedMap<String, Entry> entries() {
        return entries;
    }

    /** The labels of the columns in their order, by the label of their table. */
    Map<String, List<String>> columns() {
        return columns;
    }

    /** The labels of what scripts computed from the tenant's name; empty of a home. */
    Set<String> nameDependent() {
        return nameDependent;
    }

    /** What can be compared of the further schemas of a tenant's own database, by their names as SQL has them. */
    SortedMap<String, ComparableSnapshot> further() {
        return further;
    }

    /** The objects of a schema in one line, such as {@code (function noted(), table log)}; empty if it has none. */
    String summary() {
        String objects = entries.entrySet().stream()
                .filter(entry -> entry.getValue().partOf().isEmpty() && !isOfColumn(entry))
                .map(entry -> ObjectName.of(entry.getKey(), ""))
                .map(object -> object.kind() + " " + ReadableDefinition.name(object))
                .collect(Collectors.joining(", "));
        return objects.isEmpty() ? "" : "(" + objects + ")";
    }

    private static boolean isOfColumn(Map.Entry<String, Entry> object) {
        return object.getKey().startsWith("sequence ")
                && LeftOut.OWNED.matcher(object.getValue().definition()).find();
    }

    boolean has(String label) {
        return entries.containsKey(label);
    }

    /** The owner of an object, or of what it is a part of; null if it has none. */
    static @Nullable String owner(Map<String, Entry> entries, String label) {
        Entry owner = entries.get(Aspect.OWNER.label(label));
        if (owner != null) {
            return owner.definition();
        }
        Entry entry = entries.get(label);
        return entry == null || entry.partOf().isEmpty() ? null : owner(entries, entry.partOf());
    }
}
