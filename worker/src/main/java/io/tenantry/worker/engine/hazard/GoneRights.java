package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Offer.Function;
import io.tenantry.worker.engine.hazard.Offer.Named;
import io.tenantry.worker.engine.hazard.Offer.Policy;
import io.tenantry.worker.engine.hazard.Offer.Relation;
import io.tenantry.worker.engine.hazard.Offer.Right;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Hazards of what programs of the last release may not do any more: privileges, policies, and views that take no rows. */
record GoneRights(OfferChanges changes) {
    private static final Map<Integer, String> WRITES = Map.of(8, "INSERT", 4, "UPDATE", 16, "DELETE");

    void find(BiConsumer<HazardKind, String> found) {
        rights(found);
        policies(found);
        writes(found);
    }

    /** Each role and object is told once, with all that is lost. */
    private void rights(BiConsumer<HazardKind, String> found) {
        Map<String, List<String>> lost = new TreeMap<>();
        List<Right> after = changes.after(Right.class);
        for (Right right : changes.before(Right.class)) {
            if (isAbout(right) && after.stream().noneMatch(one -> gives(one, right))) {
                lost.computeIfAbsent(
                                (right.role() == 0 ? "PUBLIC" : "role " + right.roleName()) + "\n" + right.place(),
                                key -> new ArrayList<>())
                        .add(right.privilege() + (right.column() == null ? "" : " (" + right.column() + ")"));
            }
        }
        lost.forEach((key, privileges) -> found.accept(
                HazardKind.REVOKING_RIGHTS,
                key.replace("\n", " loses " + String.join(", ", privileges) + " on ")
                        + "; programs of the last release may need that"));
    }

    /** Whether the object is still there, so that the right is missed. */
    private boolean isAbout(Right right) {
        if (right.column() != null) {
            return changes.end().tables().hasColumn(right.place(), right.column());
        }
        return changes.named(right.place()).isPresent()
                || isSchema(right.place())
                || changes.after(Named.class).stream()
                        .anyMatch(one ->
                                one.word().equals("sequence") && one.name().equals(right.place()))
                || changes.after(Function.class).stream()
                        .anyMatch(one -> one.shown().equals(right.place()));
    }

    private static boolean isSchema(String place) {
        return place.equals("the schema") || place.startsWith("schema ");
    }

    private boolean gives(Right right, Right wanted) {
        return right.place().equals(wanted.place())
                && right.privilege().equals(wanted.privilege())
                && (right.column() == null || right.column().equals(wanted.column()))
                && (right.role() == 0 || changes.end().offers().isMember(wanted.role(), right.role()));
    }

    /** With the last one no row is left, which is a hazard of its own. */
    private void policies(BiConsumer<HazardKind, String> found) {
        List<Policy> after = changes.after(Policy.class);
        for (Policy policy : changes.before(Policy.class)) {
            Optional<Relation> table = changes.named(policy.table().name());
            if (table.filter(Relation::hasRowSecurity).isPresent()
                    && after.stream()
                            .anyMatch(one -> one.table().equals(table.get().place()))
                    && after.stream()
                            .filter(one -> one.table().equals(table.get().place()))
                            .noneMatch(one -> one.name().equals(policy.name())
                                    || one.definition().equals(policy.definition()))) {
                found.accept(
                        HazardKind.BAN_DROP_POLICY,
                        "policy " + policy.name() + " of " + policy.table().name()
                                + " is gone: the rows that it permits are hidden from programs of the last release");
            }
        }
    }

    private void writes(BiConsumer<HazardKind, String> found) {
        for (Relation relation : changes.before(Relation.class)) {
            int lost = relation.writes()
                    & ~changes.named(relation.place().name())
                            .map(Relation::writes)
                            .orElse(relation.writes());
            List<String> statements = WRITES.entrySet().stream()
                    .filter(one -> (lost & one.getKey()) != 0)
                    .map(Map.Entry::getValue)
                    .sorted()
                    .toList();
            if (!statements.isEmpty()) {
                found.accept(
                        HazardKind.READ_ONLY_VIEW,
                        relation.place().name() + " takes no " + String.join(", ", statements)
                                + " any more; programs of the last release may write to it");
            }
        }
    }
}
