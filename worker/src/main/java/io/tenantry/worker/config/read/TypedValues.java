package io.tenantry.worker.config.read;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads one value at a time into its type. What is wrong becomes a fault and reads as the default, so that reading goes
 * on to the next fault.
 */
final class TypedValues {
    private final Layers layers;
    private final Faults faults;

    TypedValues(Layers layers, Faults faults) {
        this.layers = layers;
        this.faults = faults;
    }

    /** Null when it is not set, or faulty already. */
    Layers.@Nullable Found find(String key) {
        Layers.Found found = layers.find(key);
        return found == null || !found.usable() ? null : found;
    }

    String text(String key, String otherwise, Predicate<String> accepted, String allowed) {
        Layers.Found found = find(key);
        if (found == null) {
            return otherwise;
        }
        if (!accepted.test(found.text())) {
            faults.bad(key, found, problem(found, "not accepted"), allowed);
            return otherwise;
        }
        return found.text();
    }

    /** Present, or a fault; empty is missing. */
    Optional<Layers.Found> required(String key, String allowed) {
        Layers.Found found = layers.find(key);
        if (found == null || (found.usable() && found.text().isBlank())) {
            faults.missing(key, allowed);
            return Optional.empty();
        }
        return found.usable() ? Optional.of(found) : Optional.empty();
    }

    int integer(String key, int otherwise, int least, int most) {
        return integer(key, otherwise, number -> number >= least && number <= most, least + " to " + most);
    }

    int integer(String key, int otherwise, Predicate<Integer> accepted, String allowed) {
        Layers.Found found = find(key);
        if (found == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(found.text().strip());
            if (accepted.test(number)) {
                return number;
            }
            faults.bad(key, found, "out of range", allowed);
        } catch (NumberFormatException e) {
            faults.bad(key, found, problem(found, "not a whole number"), allowed);
        }
        return otherwise;
    }

    Duration duration(String key, Duration otherwise, Duration least, Duration most) {
        return durationOr("", otherwise, key, least, most).orElse(otherwise);
    }

    /** Null when it is {@code never}, or not set. */
    @Nullable Duration durationOrNever(String key, Duration least, Duration most) {
        return durationOr("never", null, key, least, most).orElse(null);
    }

    private Optional<Duration> durationOr(
            String word, @Nullable Duration otherwise, String key, Duration least, Duration most) {
        Layers.Found found = find(key);
        if (found == null || (!word.isEmpty() && found.text().equals(word))) {
            return Optional.ofNullable(otherwise);
        }
        String allowed = Durations.format(least) + " to " + Durations.format(most) + ", in ms, s, m, h or d"
                + (word.isEmpty() ? "" : "; or " + word);
        Optional<Duration> duration = Durations.parse(found.text());
        if (duration.isEmpty()) {
            faults.bad(key, found, problem(found, "not a duration"), allowed);
        } else if (duration.get().compareTo(least) < 0 || duration.get().compareTo(most) > 0) {
            faults.bad(key, found, "out of range", allowed);
        } else {
            return duration;
        }
        return Optional.ofNullable(otherwise);
    }

    boolean flag(String key, boolean otherwise) {
        Layers.Found found = find(key);
        if (found == null) {
            return otherwise;
        }
        if (found.text().equals("true") || found.text().equals("false")) {
            return found.text().equals("true");
        }
        faults.bad(key, found, problem(found, "not one of these words"), "true, false");
        return otherwise;
    }

    /** A list of names; empty when it is not set or faulty. */
    List<String> names(String key, String allowed) {
        Layers.Found found = find(key);
        if (found == null || found.text().isEmpty()) {
            return List.of();
        }
        List<String> names = Lists.split(found.text());
        if (names.stream().noneMatch(String::isEmpty)) {
            return names;
        }
        faults.bad(key, found, problem(found, "a name is missing"), allowed);
        return List.of();
    }

    <E extends Enum<E>> E choice(String key, E otherwise, Class<E> type) {
        Layers.Found found = find(key);
        if (found == null) {
            return otherwise;
        }
        for (E constant : type.getEnumConstants()) {
            if (word(constant).equals(found.text())) {
                return constant;
            }
        }
        String allowed =
                Stream.of(type.getEnumConstants()).map(TypedValues::word).collect(Collectors.joining(", "));
        faults.bad(key, found, problem(found, "not one of these words"), allowed);
        return otherwise;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String problem(Layers.Found found, String otherwise) {
        return found.text().isBlank() ? "empty" : otherwise;
    }
}
