package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Offer.Function;
import io.tenantry.worker.engine.hazard.Offer.Named;
import io.tenantry.worker.engine.hazard.Offer.Value;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** Hazards of functions, sequences, types, values of enums and other objects that are gone or have another name. */
record GoneObjects(OfferChanges changes) {
    private static final String MAY_USE = "; programs of the last release may use it";
    private static final String USE_OLD = "; programs of the last release use the old one";

    void find(BiConsumer<HazardKind, String> found) {
        List<Function> functions = changes.after(Function.class);
        changes.before(Function.class).forEach(function -> function(function, functions, found));
        List<Named> objects = changes.after(Named.class);
        changes.before(Named.class).stream()
                .filter(object -> !object.isIdentity())
                .forEach(object -> object(object, objects, found));
        List<Value> values = changes.after(Value.class);
        changes.before(Value.class).forEach(value -> value(value, values, objects, found));
    }

    private static void function(Function function, List<Function> after, BiConsumer<HazardKind, String> found) {
        Optional<Function> same =
                after.stream().filter(one -> one.number() == function.number()).findFirst();
        String name = function.word() + " " + function.shown();
        if (after.stream().anyMatch(one -> one.answers(function))
                || same.filter(one -> one.name().equals(function.name())).isPresent()) {
            return;
        }
        if (same.isPresent()) {
            found.accept(
                    HazardKind.RENAMING_FUNCTION,
                    name + " gets the name " + same.get().name() + USE_OLD);
            return;
        }
        found.accept(HazardKind.BAN_DROP_FUNCTION, name + insteadOf(function, after));
    }

    private static String insteadOf(Function function, List<Function> after) {
        Optional<Function> other =
                after.stream().filter(one -> one.takesCallsOf(function)).findFirst();
        if (other.isPresent()) {
            return " returns " + other.get().shownResult() + " instead of " + function.shownResult()
                    + "; programs of the last release expect that";
        }
        return " is dropped"
                + after.stream()
                        .filter(one -> one.name().equals(function.name()))
                        .findFirst()
                        .map(one -> ", and its calls do not find " + one.shown() + MAY_USE)
                        .orElse(MAY_USE);
    }

    /** A sequence goes with its column. */
    private void object(Named object, List<Named> after, BiConsumer<HazardKind, String> found) {
        if (after.stream().anyMatch(one -> one.key().equals(object.key()))) {
            return;
        }
        String name = object.key();
        Optional<Named> renamed = after.stream()
                .filter(one -> one.word().equals(object.word()) && one.number() == object.number())
                .findFirst();
        if (renamed.isPresent()) {
            found.accept(
                    renaming(object.word()),
                    name + " gets the name " + renamed.get().name() + USE_OLD);
        } else if (object.owner() == 0 || !changes.losesColumn(object.owner(), Set.of(object.column()))) {
            found.accept(drop(object.word()), name + " is dropped" + MAY_USE);
        }
    }

    private static HazardKind renaming(String word) {
        return switch (word) {
            case "sequence" -> HazardKind.RENAMING_SEQUENCE;
            case "type" -> HazardKind.RENAMING_TYPE;
            default -> HazardKind.RENAMING_OBJECT;
        };
    }

    private static HazardKind drop(String word) {
        return switch (word) {
            case "sequence" -> HazardKind.BAN_DROP_SEQUENCE;
            case "type" -> HazardKind.BAN_DROP_TYPE;
            default -> HazardKind.BAN_DROP_OBJECT;
        };
    }

    private static void value(
            Value value, List<Value> after, List<Named> objects, BiConsumer<HazardKind, String> found) {
        if (after.stream().anyMatch(one -> one.key().equals(value.key()))
                || objects.stream().noneMatch(one -> one.key().equals("type " + value.type()))) {
            return;
        }
        Optional<Value> renamed =
                after.stream().filter(one -> one.number() == value.number()).findFirst();
        String name = "value " + value.label() + " of type " + value.type();
        if (renamed.isPresent()) {
            found.accept(
                    HazardKind.RENAMING_ENUM_VALUE,
                    name + " becomes " + renamed.get().label() + USE_OLD);
        } else {
            found.accept(HazardKind.BAN_DROP_ENUM_VALUE, name + " is gone" + MAY_USE);
        }
    }
}
