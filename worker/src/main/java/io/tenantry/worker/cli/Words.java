package io.tenantry.worker.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How values are written for people. */
public final class Words {
    private Words() {}

    /** {@code IN_FLIGHT} as {@code in-flight}. */
    public static String of(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** In UTC, to the second. */
    public static String of(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** As in {@code 1h 5m} or {@code 12s}; below a second {@code 0.3s}. */
    public static String of(Duration duration) {
        if (duration.toMillis() < 1000) {
            return String.format(Locale.ROOT, "%.1fs", duration.toMillis() / 1000.0);
        }
        long days = duration.toDays();
        String text = (days > 0 ? days + "d " : "")
                + (duration.toHoursPart() > 0 ? duration.toHoursPart() + "h " : "")
                + (duration.toMinutesPart() > 0 && days == 0 ? duration.toMinutesPart() + "m " : "")
                + (duration.toSecondsPart() > 0 && duration.toHours() == 0 ? duration.toSecondsPart() + "s" : "");
        return text.strip();
    }

    /** {@code 1 tenant}, {@code 2 tenants}. */
    public static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
