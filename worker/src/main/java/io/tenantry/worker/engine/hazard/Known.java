package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.ColumnKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tables and columns that programs may use. Immutable. */
public final class Known {
    private final Set<Long> relations;
    private final Set<ColumnKey> columns;
    /** The names of relations, each with those of its columns: what is made again has another number. */
    private final Map<String, Set<String>> names;

    Known(Set<Long> relations, Set<ColumnKey> columns, Map<String, Set<String>> names) {
        this.relations = relations;
        this.columns = columns;
        this.names = names;
    }

    boolean hasName(String relation) {
        return names.containsKey(relation);
    }

    boolean hasName(String relation, String column) {
        return names.getOrDefault(relation, Set.of()).contains(column);
    }

    boolean has(long relation) {
        return relations.contains(relation);
    }

    boolean has(ColumnKey column) {
        return columns.contains(column);
    }

    /** Those that are in both. */
    public Known and(Known other) {
        Set<Long> both = new HashSet<>(relations);
        both.retainAll(other.relations);
        Set<ColumnKey> bothColumns = new HashSet<>(columns);
        bothColumns.retainAll(other.columns);
        Map<String, Set<String>> bothNames = new HashMap<>();
        names.forEach((name, of) -> {
            @Nullable Set<String> others = other.names.get(name);
            if (others != null) {
                Set<String> shared = new HashSet<>(of);
                shared.retainAll(others);
                bothNames.put(name, shared);
            }
        });
        return new Known(both, bothColumns, bothNames);
    }
}
