package io.tenantry.contracts;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What values of {@code rollout.requested} may be. A request within these limits has fewer than {@link
 * EventCodec#MAX_EVENT_BYTES}. A value that breaks a rule is an {@link IllegalArgumentException} which says what, the value,
 * and what is expected.
 */
final class RolloutRules {
    static final Duration MAX_SOAK = Duration.ofDays(30);
    static final int MAX_DATABASES = 100;
    static final int MAX_WAVES = 100;
    /** In all lists of a request together. */
    static final int MAX_NAMES = 2500;

    static final int MAX_ATTRIBUTES = 20;
    static final int MAX_ATTRIBUTE_LENGTH = 200;
    static final int MAX_REASON_LENGTH = 1000;

    private static final Pattern NAME_OR_GLOB = Pattern.compile("[a-z0-9*?][a-z0-9_*?-]{0,47}");
    private static final Pattern DURATION = durationPattern();

    private RolloutRules() {}

    /** Names or globs of tenants, and in a wave also of shared databases. */
    static List<String> names(String what, @Nullable List<String> names) {
        List<String> checked = Rules.withoutNulls(what, names);
        checked.forEach(name -> Rules.matches(what, name, NAME_OR_GLOB));
        return checked;
    }

    static Map<String, String> attributes(@Nullable Map<String, String> attributes) {
        Map<String, String> checked = Rules.attributes(attributes);
        atMost("select.attributes", checked.size(), MAX_ATTRIBUTES);
        checked.forEach((name, value) -> {
            if (name.length() > MAX_ATTRIBUTE_LENGTH || value.length() > MAX_ATTRIBUTE_LENGTH) {
                throw new IllegalArgumentException("select.attributes has " + Excerpt.quoted(name) + " with the value "
                        + Excerpt.quoted(value) + "; expected at most " + MAX_ATTRIBUTE_LENGTH
                        + " characters each in name and value");
            }
        });
        return checked;
    }

    static void soak(Duration soak) {
        if (soak.isNegative() || soak.compareTo(MAX_SOAK) > 0 || !soak.equals(soak.truncatedTo(ChronoUnit.SECONDS))) {
            throw new IllegalArgumentException("waves[].soak is " + soak + "; expected whole seconds, PT0S to P30D");
        }
    }

    /** Whether {@link Duration#parse} may read it: days, hours, minutes and whole seconds as in ISO 8601, in this order. */
    static boolean isDuration(String text) {
        return DURATION.matcher(text).matches();
    }

    static List<Wave> waves(@Nullable List<Wave> waves) {
        List<Wave> checked = Rules.withoutNulls("waves", waves);
        atMost("waves", checked.size(), MAX_WAVES);
        Set<String> seen = new HashSet<>();
        checked.stream().map(Wave::name).filter(Objects::nonNull).forEach(name -> {
            if (!seen.add(name)) {
                throw new IllegalArgumentException(
                        "waves has " + Excerpt.quoted(name) + " twice; expected another name for each wave");
            }
        });
        return checked;
    }

    static void sizes(List<String> databases, RolloutSelection select, List<Wave> waves) {
        atMost("databases", databases.size(), MAX_DATABASES);
        int names = Stream.concat(
                        Stream.of(select.tenants(), select.exclude()),
                        waves.stream().map(Wave::tenants))
                .mapToInt(List::size)
                .sum();
        if (names > MAX_NAMES) {
            throw new IllegalArgumentException("select and waves have " + names + " names and globs; expected at most "
                    + MAX_NAMES + " together: use globs or attributes");
        }
    }

    private static void atMost(String what, int size, int limit) {
        if (size > limit) {
            throw new IllegalArgumentException(what + " has " + size + " entries; expected at most " + limit);
        }
    }

    private static Pattern durationPattern() {
        String number = "[0-9]{1,7}";
        String seconds = number + "S";
        String minutes = number + "M(" + seconds + ")?";
        String hours = number + "H(" + number + "M)?(" + seconds + ")?";
        String time = "T(" + hours + "|" + minutes + "|" + seconds + ")";
        return Pattern.compile("P(" + number + "D(" + time + ")?|" + time + ")");
    }
}
