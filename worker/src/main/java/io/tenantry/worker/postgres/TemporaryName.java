package io.tenantry.worker.postgres;

import java.time.Instant;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** The name of a database that exists for a short time: a prefix, the time when its creation began, and a random part. */
public final class TemporaryName {
    private static final int RADIX = 16;
    private static final int TIME_DIGITS = 8;

    private TemporaryName() {}

    /** A name of a draft of this template, or of another database that begins with this. */
    public static String next(String template, Instant now, RandomGenerator random) {
        return prefix(template)
                + String.format(Locale.ROOT, "%08x_%04x", now.getEpochSecond(), random.nextInt(1 << RADIX));
    }

    /** The prefix of all drafts of this template. */
    public static String prefix(String template) {
        return template + "_";
    }

    /** Whether the creation began before that time; false for any other name. */
    public static boolean isOlder(String template, String name, Instant time) {
        String rest = name.substring(prefix(template).length());
        if (!rest.matches("[0-9a-f]{8}_[0-9a-f]{4}")) {
            return false;
        }
        long began = Long.parseLong(rest.substring(0, TIME_DIGITS), RADIX);
        return Instant.ofEpochSecond(began).isBefore(time);
    }
}
