package io.tenantry.worker.cli.rollout.text;

import java.time.Duration;
import java.util.Locale;

/** Numbers and durations as people read them. */
public final class Figures {
    private static final String CUT = "...";

    private Figures() {}

    /** As in {@code 12,500}. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** As in {@code 1 tenant} or {@code 12,500 tenants}. */
    public static String tenants(long number) {
        return count(number) + (number == 1 ? " tenant" : " tenants");
    }

    /** In its two largest units, as in {@code 45 s}, {@code 1 min 40 s}, {@code 2 h 5 min} or {@code 3 d 4 h}. */
    public static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return two(seconds / 60, "min", seconds % 60, "s");
        }
        if (seconds < 86_400) {
            return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
        }
        return two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
    }

    private static String two(long large, String unit, long small, String smallUnit) {
        return large + " " + unit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    /** As in {@code 8.3} or {@code 120}. */
    public static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond < 100 ? "%.1f" : "%,.0f", perSecond);
    }

    /** The text, cut to this many characters; what is cut off becomes {@code ...}. */
    public static String fit(String text, int width) {
        if (text.codePointCount(0, text.length()) <= width) {
            return text;
        }
        int kept = Math.max(0, width - CUT.length());
        return text.substring(0, text.offsetByCodePoints(0, kept)) + CUT.substring(0, Math.min(CUT.length(), width));
    }
}
