package io.tenantry.worker.engine.template;

import java.time.Instant;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** The name of a template under construction: the time when its creation began, and a random part. */
final class TemporaryName {
    private static final int RADIX = 16;
    private static final int TIME_DIGITS = 8;

    private TemporaryName() {}

    static String next(String template, Instant now, RandomGenerator random) {
        return prefix(template)
                + String.format(Locale.ROOT, "%08x_%04x", now.getEpochSecond(), random.nextInt(1 << RADIX));
    }

    /** The prefix of all drafts of this template. */
    static String prefix(String template) {
        return template + "_";
    }

    /** Whether the creation began before that time; false for any other name. */
    static boolean isOlder(String template, String name, Instant time) {
        String rest = name.substring(prefix(template).length());
        if (!rest.matches("[0-9a-f]{8}_[0-9a-f]{4}")) {
            return false;
        }
        long began = Long.parseLong(rest.substring(0, TIME_DIGITS), RADIX);
        return Instant.ofEpochSecond(began).isBefore(time);
    }
}
