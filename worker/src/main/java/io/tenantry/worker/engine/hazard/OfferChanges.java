package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.ColumnKey;
import io.tenantry.worker.engine.hazard.Offer.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a home offers before a script and after it. What the script makes again under the old name counts as the same, and what
 * goes with a table or column that is gone is not named a second time. Immutable.
 *
 * @param inUse the keys of what the last release may use
 */
record OfferChanges(Moment start, Moment end, Set<String> inUse) {
    List<Hazard> hazards() {
        List<Hazard> found = new ArrayList<>();
        new GoneObjects(this).find((kind, what) -> found.add(new Hazard(kind, null, what)));
        new GoneKeys(this).find((kind, what) -> found.add(new Hazard(kind, null, what)));
        new GoneRights(this).find((kind, what) -> found.add(new Hazard(kind, null, what)));
        return found;
    }

    /** Those that the last release may use, in the order of their keys. */
    <T extends Offer> List<T> before(Class<T> kind) {
        return start.offers().all(kind).stream()
                .filter(one -> inUse.contains(one.key()))
                .sorted(Comparator.comparing(Offer::key))
                .toList();
    }

    <T extends Offer> List<T> after(Class<T> kind) {
        return end.offers().all(kind);
    }

    /** What programs find at the end under the name of a relation. */
    Optional<Offer.Relation> named(String name) {
        return after(Offer.Relation.class).stream()
                .filter(one -> one.place().name().equals(name))
                .findFirst();
    }

    /** Whether the relation is there at the end, or another one of its name. */
    boolean isThere(Place relation) {
        return stays(relation) || named(relation.name()).isPresent();
    }

    /** Whether the same relation is there at the end, under any name. */
    boolean stays(Place relation) {
        return end.tables().relations().containsKey(relation.number());
    }

    /** Whether both are the same relation, or one took the place of the other. */
    boolean isSame(Place before, Place after) {
        return before.number() == after.number()
                || (!stays(before) && before.name().equals(after.name()));
    }

    /** Whether one of these columns is gone, or has another name: that is a hazard of its own. */
    boolean losesColumn(long relation, Set<Integer> columns) {
        Measurement.@Nullable Relation table = start.tables().relations().get(relation);
        return table != null
                && columns.stream()
                        .map(number -> new ColumnKey(relation, number))
                        .anyMatch(key -> loses(table, key));
    }

    /** Whether one of these columns has another type at the end. */
    boolean isRetyped(long relation, Set<Integer> columns) {
        return columns.stream().map(number -> new ColumnKey(relation, number)).anyMatch(key -> {
            @Nullable Column was = start.tables().columns().get(key);
            @Nullable Column is = end.tables().columns().get(key);
            return was != null && is != null && !was.typeKey().equals(is.typeKey());
        });
    }

    private boolean loses(Measurement.Relation table, ColumnKey key) {
        @Nullable Column was = start.tables().columns().get(key);
        if (was == null || end.tables().relations().containsKey(key.relation())) {
            @Nullable Column is = end.tables().columns().get(key);
            return was != null && (is == null || is.dropped() || !Objects.equals(is.name(), was.name()));
        }
        return !end.tables().hasColumn(table.name(), was.name());
    }
}
