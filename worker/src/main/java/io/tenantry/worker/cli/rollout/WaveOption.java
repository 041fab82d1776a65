package io.tenantry.worker.cli.rollout;

import io.tenantry.contracts.Wave;
import io.tenantry.worker.config.read.Durations;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One {@code --wave}: {@code [NAME=]SIZE[,soak=DURATION][,pause]}. The size is a number of tenants, a share of all as in
 * {@code 10%}, or {@code rest}.
 *
 * @param name null if none is given
 * @param count null if the size is given otherwise
 * @param percent null if the size is given otherwise; both are null for the rest
 * @param soak null if none is given
 */
record WaveOption(
        @Nullable String name,
        @Nullable Integer count,
        @Nullable Integer percent,
        @Nullable Duration soak,
        boolean pause) {
    private static final String REST = "rest";
    private static final Pattern FORM = Pattern.compile("(?:([^=,]+)=)?(?:(rest)|([0-9]{1,9})(%?))");

    /** @throws IllegalArgumentException if the text is not as above; the message says what is expected */
    static WaveOption parse(String text) {
        List<String> parts = List.of(text.split(",", -1));
        Matcher size = FORM.matcher(parts.get(0).strip());
        if (!size.matches()) {
            throw new IllegalArgumentException("--wave is \"" + text
                    + "\"; expected [NAME=]SIZE[,soak=DURATION][,pause], where SIZE is a number of tenants, a share as"
                    + " in 10%, or rest; as in 25, 10% or early=10%,soak=5m");
        }
        Duration soak = null;
        boolean pause = false;
        for (String part : parts.subList(1, parts.size())) {
            String option = part.strip();
            if (option.equals("pause")) {
                pause = true;
            } else if (option.startsWith("soak=")) {
                soak = duration(text, option.substring("soak=".length()));
            } else {
                throw new IllegalArgumentException(
                        "--wave is \"" + text + "\" with \"" + option + "\"; expected soak=DURATION or pause there");
            }
        }
        return of(text, size, soak, pause);
    }

    private static WaveOption of(String text, Matcher size, @Nullable Duration soak, boolean pause) {
        String name = size.group(1);
        if (size.group(2) == null) {
            int number = Integer.parseInt(size.group(3));
            boolean share = !size.group(4).isEmpty();
            return new WaveOption(name, share ? null : number, share ? number : null, soak, pause);
        }
        if (name != null || soak != null || pause) {
            throw new IllegalArgumentException("--wave is \"" + text + "\"; expected " + REST
                    + " alone: the rest has no name, and nothing comes after it that could wait");
        }
        return new WaveOption(null, null, null, null, false);
    }

    private static Duration duration(String text, String value) {
        return Durations.parse(value)
                .orElseThrow(() -> new IllegalArgumentException(
                        "--wave is \"" + text + "\" with soak " + value + "; expected a duration as 30s, 5m or 1h"));
    }

    /** Whether it takes all tenants that the waves before it leave. */
    boolean takesAll() {
        return isRest() || Integer.valueOf(100).equals(percent);
    }

    /** Whether it only names the last wave, which is made of the left-over tenants anyway. */
    boolean isRest() {
        return count == null && percent == null;
    }

    /** @throws IllegalArgumentException if it is the rest, or the size is out of its range */
    Wave wave(@Nullable Duration soakOfAll, boolean pauseAfter) {
        Duration own = soak == null && !takesAll() ? soakOfAll : soak;
        return new Wave(name, List.of(), count, percent, own, (pauseAfter || pause) ? Boolean.TRUE : null);
    }
}
