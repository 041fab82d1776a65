package io.tenantry.worker.drift;

import io.tenantry.worker.config.Glob;
import io.tenantry.worker.config.Isolation;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot;
import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot without what may differ between two homes that the same scripts made: the names that PostgreSQL gave to
 * NOT NULL constraints, the numbers of columns, objects of extensions, tables in which tools keep versions. Immutable.
 */
public final class ComparableSnapshot {
    private final SortedMap<String, Entry> entries;
    private final Map<String, List<String>> columns;

    ComparableSnapshot(SortedMap<String, Entry> entries, Map<String, List<String>> columns) {
        this.entries = Collections.unmodifiableSortedMap(entries);
        this.columns = columns;
    }

    /**
     * Prepares a snapshot for a comparison.
     *
     * @param excluded patterns of labels, such as {@code table audit_*}; parts and properties of an object go with it
     */
    public static ComparableSnapshot of(CatalogSnapshot snapshot, Isolation isolation, List<Glob> excluded) {
        return new SnapshotFilter(snapshot.entries(), isolation, excluded).filtered();
    }

    /** By label. */
    SortedMap<String, Entry> entries() {
        return entries;
    }

    /** The labels of the columns in their order, by the label of their table. */
    Map<String, List<String>> columns() {
        return columns;
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
