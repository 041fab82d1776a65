package io.tenantry.worker.config.read;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the text of a setting becomes a value.
 *
 * @param name for the README
 * @param allowed what is accepted, for faults and for the README
 * @param shown what a fault shows of the text
 * @param isList whether the file may have a list
 */
record ValueType<T>(String name, String allowed, Shown shown, boolean isList, Parser<T> parser) {
    /** What a fault shows of a value. */
    enum Shown {
        TEXT,
        /** The value is a secret. */
        STARS,
        /** The value may have a secret in it. */
        NOTHING
    }

    /** Reads a text. */
    interface Parser<T> {
        T parse(String text) throws UnacceptableValueException;
    }

    /** Of durations, after their range. */
    static final String UNITS = ", in ms, s, m, h or d";

    private static final String NEVER = "never";

    static <T> ValueType<T> of(String name, String allowed, Parser<T> parser) {
        return new ValueType<>(name, allowed, Shown.TEXT, false, parser);
    }

    /** A text that a fault must not show in full. */
    static ValueType<String> confidential(String name, String allowed, Shown shown) {
        return new ValueType<>(name, allowed, shown, false, text -> text);
    }

    static ValueType<String> text(String allowed) {
        return of("text", allowed, text -> text);
    }

    static ValueType<String> text(Pattern form, String allowed) {
        return text(text -> form.matcher(text).matches(), "not accepted", allowed);
    }

    static ValueType<String> text(Predicate<String> form, String problem, String allowed) {
        return of("text", allowed, text -> accepted(text, form.test(text), problem));
    }

    static ValueType<Integer> integer(int least, int most) {
        return integer(number -> number >= least && number <= most, least + " to " + most);
    }

    static ValueType<Integer> integer(IntPredicate inRange, String allowed) {
        return of("integer", allowed, text -> {
            int number = number(text.strip());
            return accepted(number, inRange.test(number), "out of range");
        });
    }

    /** Empty: not set. */
    static ValueType<OptionalInt> optionalInteger(int least, int most) {
        ValueType<Integer> whole = integer(least, most);
        return of(
                whole.name(),
                whole.allowed(),
                text -> text.isEmpty()
                        ? OptionalInt.empty()
                        : OptionalInt.of(whole.parser().parse(text)));
    }

    static ValueType<Duration> duration(Duration least, Duration most) {
        return of("duration", range(least, most), text -> duration(text, least, most));
    }

    /** Empty: {@code never}. */
    static ValueType<Optional<Duration>> durationOrNever(Duration least, Duration most) {
        return of(
                "duration",
                range(least, most) + "; or " + NEVER,
                text -> text.equals(NEVER) ? Optional.empty() : Optional.of(duration(text, least, most)));
    }

    static ValueType<Boolean> flag() {
        return of(
                "boolean",
                "true, false",
                text -> accepted(text.equals("true"), text.matches("true|false"), "not one of these words"));
    }

    static <E extends Enum<E>> ValueType<E> choice(Class<E> type) {
        String allowed = constants(type).map(ValueType::word).collect(Collectors.joining(", "));
        return of(
                "word",
                allowed,
                text -> constants(type)
                        .filter(constant -> word(constant).equals(text))
                        .findFirst()
                        .orElseThrow(() -> new UnacceptableValueException("not one of these words")));
    }

    static ValueType<List<String>> names(Predicate<String> form, String allowed) {
        return new ValueType<>("list", allowed, Shown.TEXT, true, text -> {
            List<String> names = text.isEmpty() ? List.of() : Lists.split(text);
            accepted(names, names.stream().noneMatch(String::isEmpty), "a name is missing");
            return accepted(names, names.stream().allMatch(form), "not accepted");
        });
    }

    /** @throws UnacceptableValueException with the problem, unless the value is accepted */
    static <T> T accepted(T value, boolean isAccepted, String problem) throws UnacceptableValueException {
        if (!isAccepted) {
            throw new UnacceptableValueException(problem);
        }
        return value;
    }

    /** How a constant is written in settings. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static <E extends Enum<E>> Stream<E> constants(Class<E> type) {
        return Stream.of(type.getEnumConstants());
    }

    private static int number(String text) throws UnacceptableValueException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new UnacceptableValueException("not a whole number");
        }
    }

    private static String range(Duration least, Duration most) {
        return Durations.format(least) + " to " + Durations.format(most) + UNITS;
    }

    private static Duration duration(String text, Duration least, Duration most) throws UnacceptableValueException {
        Duration duration = Durations.parse(text).orElseThrow(() -> new UnacceptableValueException("not a duration"));
        return accepted(duration, duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0, "out of range");
    }
}
