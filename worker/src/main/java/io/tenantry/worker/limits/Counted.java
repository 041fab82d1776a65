package io.tenantry.worker.limits;

import java.util.Locale;

/** Numbers in sentences. */
final class Counted {
    private static final double MIB = 1024.0 * 1024.0;

    private Counted() {}

    /** As {@code 1 schema}, {@code 1,000 schemas}; of an index, {@code indexes}. */
    static String of(long number, String one) {
        String many = one.endsWith("x") ? one + "es" : one + "s";
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : many);
    }

    /** As {@code 12,345}. */
    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** As {@code 685 kB}, {@code 12 MB}. */
    static String bytes(long bytes) {
        return bytes < 10 * MIB
                ? String.format(Locale.ROOT, "%,d kB", Math.round(bytes / 1024.0))
                : String.format(Locale.ROOT, "%,d MB", Math.round(bytes / MIB));
    }
}
