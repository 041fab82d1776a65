package io.tenantry.worker.config.read;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one setting at a time into its type. What is wrong becomes a fault and reads as the default, so that reading goes
 * on to the next fault.
 */
final class TypedValues {
    private final Layers layers;
    private final Faults faults;
    private final Set<Setting<?>> optional;

    /** @param optional settings that {@link #required} does not miss */
    TypedValues(Layers layers, Faults faults, Set<Setting<?>> optional) {
        this.layers = layers;
        this.faults = faults;
        this.optional = optional;
    }

    /** The text. Null when it is not set, or faulty already. */
    Layers.@Nullable Found find(Setting<?> setting) {
        Layers.Found found = layers.find(setting.key());
        return found == null || !found.usable() ? null : found;
    }

    /** The value of a setting with a default. */
    <T> T read(Setting<T> setting) {
        Layers.Found found = find(setting);
        return (found == null ? Optional.<T>empty() : parse(setting, found)).orElseGet(setting::defaultValue);
    }

    /** The value of a setting without a default. Empty: missing or faulty, which is a fault. */
    <T> Optional<T> required(Setting<T> setting) {
        Layers.Found found = layers.find(setting.key());
        if (found == null || (found.usable() && found.text().isBlank())) {
            if (!optional.contains(setting)) {
                faults.missing(setting.key(), setting.type().allowed());
            }
            return Optional.empty();
        }
        return found.usable() ? parse(setting, found) : Optional.empty();
    }

    private <T> Optional<T> parse(Setting<T> setting, Layers.Found found) {
        try {
            return Optional.of(setting.type().parser().parse(found.text()));
        } catch (UnacceptableValueException e) {
            String problem = found.text().isBlank() ? "empty" : e.problem();
            faults.bad(setting.key(), found, problem, setting.type().allowed());
            return Optional.empty();
        }
    }
}
