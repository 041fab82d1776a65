package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Offer.Constraint;
import io.tenantry.worker.engine.hazard.Offer.Part;
import io.tenantry.worker.engine.hazard.Offer.Place;
import io.tenantry.worker.engine.hazard.Offer.UniqueIndex;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Hazards of constraints and unique indexes that are gone, and of what a relation that was made again lacks. */
record GoneKeys(OfferChanges changes) {
    void find(BiConsumer<HazardKind, String> found) {
        Set<Long> named = new HashSet<>();
        List<Constraint> constraints = changes.after(Constraint.class);
        changes.before(Constraint.class).forEach(one -> constraint(one, constraints, named, found));
        List<UniqueIndex> indexes = changes.after(UniqueIndex.class);
        changes.before(UniqueIndex.class).stream()
                .filter(one -> !named.contains(one.number()))
                .forEach(one -> uniqueIndex(one, indexes, named, found));
        madeAgain(named, found);
    }

    private void constraint(
            Constraint constraint, List<Constraint> after, Set<Long> named, BiConsumer<HazardKind, String> found) {
        if (!isLost(constraint.table(), constraint.columns())
                || after.stream()
                        .anyMatch(one -> one.name().equals(constraint.name())
                                && changes.isSame(constraint.table(), one.table()))) {
            return;
        }
        String name = constraint.word() + " " + constraint.name() + " of "
                + constraint.table().name();
        Optional<Constraint> renamed = after.stream()
                .filter(one -> one.number() == constraint.number())
                .findFirst();
        if (renamed.isPresent()) {
            found.accept(
                    HazardKind.RENAMING_CONSTRAINT,
                    name + " gets the name " + renamed.get().name()
                            + ": ON CONFLICT ON CONSTRAINT of the last release fails");
        } else {
            named.add(constraint.index());
            found.accept(
                    HazardKind.BAN_DROP_CONSTRAINT,
                    name
                            + " is dropped: ON CONFLICT of the last release fails if it names the constraint or its columns");
        }
    }

    private void uniqueIndex(
            UniqueIndex index, List<UniqueIndex> after, Set<Long> named, BiConsumer<HazardKind, String> found) {
        boolean isOfView = isMaterializedView(index.table());
        if (!isLost(index.table(), index.columns())
                || after.stream()
                        .filter(one -> changes.isSame(index.table(), one.table()))
                        .anyMatch(one ->
                                one.serves(index) || (isOfView && one.predicate() == null) || isRemade(index, one))) {
            return;
        }
        named.add(index.number());
        String name = "unique index " + index.name() + " on " + index.table().name() + " (" + index.keys() + ")";
        found.accept(
                HazardKind.BAN_DROP_UNIQUE_INDEX,
                name
                        + (isOfView
                                ? " is gone: REFRESH MATERIALIZED VIEW CONCURRENTLY fails without one"
                                : " is gone, and no other one serves: ON CONFLICT (" + index.keys()
                                        + ") of the last release fails"));
    }

    /** Whether only the type of a column is another one, which writes a cast into expressions. */
    private boolean isRemade(UniqueIndex before, UniqueIndex after) {
        return before.name().equals(after.name())
                && before.columns().equals(after.columns())
                && changes.isRetyped(before.table().number(), before.columns());
    }

    private boolean isMaterializedView(Place relation) {
        return Optional.ofNullable(changes.start().tables().relations().get(relation.number()))
                .filter(one -> one.kind().equals("m"))
                .isPresent();
    }

    /** Whether a key of the table would be missed at all. */
    private boolean isLost(Place table, Set<Integer> columns) {
        return changes.isThere(table) && !changes.losesColumn(table.number(), columns);
    }

    /** Each relation that has another number under its old name is told once. */
    private void madeAgain(Set<Long> named, BiConsumer<HazardKind, String> found) {
        List<Part> after = changes.after(Part.class);
        Map<String, String> lost = new TreeMap<>();
        Map<String, String> words = new LinkedHashMap<>();
        for (Part part : changes.before(Part.class)) {
            Place relation = part.relation();
            if (!changes.stays(relation)
                    && changes.named(relation.name()).isPresent()
                    && !named.contains(part.number())
                    && after.stream().noneMatch(one -> changes.isSame(relation, one.relation()) && one.serves(part))) {
                lost.merge(relation.name(), part.word() + " " + part.name(), (one, next) -> one + ", " + next);
                words.put(relation.name(), word(relation));
            }
        }
        lost.forEach((name, parts) -> found.accept(
                HazardKind.INCOMPLETE_REMAKE, words.get(name) + " " + name + " is made again without " + parts));
    }

    private String word(Place relation) {
        return Optional.ofNullable(changes.start().tables().relations().get(relation.number()))
                .map(Measurement.Relation::word)
                .orElse("table");
    }
}
