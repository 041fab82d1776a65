package io.tenantry.worker.config.read;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 200ms}, {@code 30s}, {@code 5m}, {@code 1h}, {@code 30d}. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\s?(ms|s|m|h|d)");

    private Durations() {}

    /** Empty if the text is not a duration. */
    public static Optional<Duration> parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            return Optional.empty();
        }
        return Optional.of(Duration.of(Long.parseLong(form.group(1)), unit(form.group(2))));
    }

    /** In the largest unit that needs no fraction. */
    public static String format(Duration duration) {
        for (String name : new String[] {"d", "h", "m", "s"}) {
            Duration unit = unit(name).getDuration();
            if (!duration.isZero() && duration.toMillis() % unit.toMillis() == 0) {
                return duration.toMillis() / unit.toMillis() + name;
            }
        }
        return duration.isZero() ? "0s" : duration.toMillis() + "ms";
    }

    private static ChronoUnit unit(String name) {
        return switch (name) {
            case "ms" -> ChronoUnit.MILLIS;
            case "s" -> ChronoUnit.SECONDS;
            case "m" -> ChronoUnit.MINUTES;
            case "h" -> ChronoUnit.HOURS;
            case "d" -> ChronoUnit.DAYS;
            default -> throw new IllegalArgumentException("no unit of time: " + name);
        };
    }
}
