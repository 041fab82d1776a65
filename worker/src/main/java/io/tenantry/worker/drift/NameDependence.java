package io.tenantry.worker.drift;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Objects that scripts compute from the tenant's name: a reference, which has another name, cannot say how they read in a home.
 * Of an object with a computed name it says that there is one.
 */
final class NameDependence {
    /** Where objects with computed names stand for each other. */
    private record Slot(String kind, String partOf) {
        private static Slot of(EntryDifference difference) {
            return new Slot(
                    ObjectName.kind(difference.label()), difference.one().partOf());
        }
    }

    private NameDependence() {}

    /**
     * Removes what depends on the name: definitions of objects that both have, and objects that the reference has under another
     * name than the home. The latter stay, all of a kind, if the home has more or fewer of them.
     *
     * @param dependent labels of the reference
     * @param differences by label
     */
    static void leaveOut(Set<String> dependent, SortedMap<String, EntryDifference> differences) {
        if (dependent.isEmpty()) {
            return;
        }
        differences.values().removeIf(difference -> !difference.isOneSided() && dependent.contains(difference.label()));
        Map<Slot, List<EntryDifference>> missing = slots(differences.values().stream()
                .filter(difference -> difference.change() == Change.MISSING && dependent.contains(difference.label())));
        Map<Slot, List<EntryDifference>> extra =
                slots(differences.values().stream().filter(difference -> difference.change() == Change.EXTRA));
        Set<String> removed = new HashSet<>();
        missing.forEach((slot, objects) -> {
            List<EntryDifference> others = extra.getOrDefault(slot, List.of());
            if (others.size() == objects.size()) {
                Stream.concat(objects.stream(), others.stream())
                        .map(EntryDifference::label)
                        .forEach(removed::add);
            }
        });
        removeWithParts(removed, differences);
    }

    private static Map<Slot, List<EntryDifference>> slots(Stream<EntryDifference> differences) {
        return differences.collect(Collectors.groupingBy(Slot::of));
    }

    private static void removeWithParts(Set<String> removed, SortedMap<String, EntryDifference> differences) {
        boolean isMore = !removed.isEmpty();
        while (isMore) {
            isMore = differences.values().stream()
                    .filter(difference -> difference.isOneSided()
                            && removed.contains(difference.one().partOf()))
                    .map(EntryDifference::label)
                    .map(removed::add)
                    .reduce(false, Boolean::logicalOr);
        }
        differences.keySet().removeAll(removed);
    }
}
