package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares two snapshots of catalogs. */
final class CatalogDifferences {
    private final SortedMap<String, Entry> here;
    private final SortedMap<String, Entry> there;

    CatalogDifferences(CatalogSnapshot here, CatalogSnapshot there) {
        this.here = here.entries();
        this.there = there.entries();
    }

    /** All of them, by the labels of the objects. */
    List<Difference> all() {
        SortedSet<String> labels = new TreeSet<>(here.keySet());
        labels.addAll(there.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String label : labels) {
            difference(label, here.get(label), there.get(label)).ifPresent(differences::add);
        }
        return List.copyOf(differences);
    }

    private Optional<Difference> difference(String label, @Nullable Entry mine, @Nullable Entry theirs) {
        if (mine == null || theirs == null) {
            @Nullable Entry only = mine == null ? theirs : mine;
            // The difference of the whole object implies those of its parts.
            boolean isImplied = only != null && here.containsKey(only.partOf()) != there.containsKey(only.partOf());
            return isImplied
                    ? Optional.empty()
                    : Optional.of(new Difference.Definition(label, definition(mine), definition(theirs)));
        }
        if (mine.equals(theirs)) {
            return Optional.empty();
        }
        return Optional.of(
                mine.definition().equals(theirs.definition())
                        ? new Difference.Definition(label, "part of " + mine.partOf(), "part of " + theirs.partOf())
                        : new Difference.Definition(label, mine.definition(), theirs.definition()));
    }

    private static @Nullable String definition(@Nullable Entry entry) {
        return entry == null ? null : entry.definition();
    }
}
