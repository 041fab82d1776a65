package io.tenantry.contracts;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What single values may be, where several events share them. A value that breaks a rule is an
 * {@link IllegalArgumentException} which says what, the value, and what is expected.
 */
final class Rules {
    private static final Pattern DATABASE = TenantName.PATTERN;
    private static final Pattern ROLLOUT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final Pattern VERSION = Pattern.compile("[0-9]+([._][0-9]+)*");
    private static final int MAX_TARGET_LENGTH = 50;
    private static final int MAX_LABEL_LENGTH = 100;
    private static final int MAX_IDENTITY_BYTES = 512;

    private Rules() {}

    static void tenant(@Nullable String tenant) {
        matches("tenant", tenant, TenantName.PATTERN);
    }

    static void database(@Nullable String database) {
        matches("database", database, DATABASE);
    }

    static void rollout(@Nullable String rollout) {
        matches("rollout", rollout, ROLLOUT);
    }

    static void tenantOrDatabase(@Nullable String tenant, @Nullable String database) {
        if ((tenant == null) == (database == null)) {
            throw new IllegalArgumentException(
                    (tenant == null ? "tenant is missing" : "both tenant and database are set")
                            + "; expected a tenant, or for a shared database its name as database, and not both");
        }
        if (tenant != null) {
            tenant(tenant);
        } else {
            database(database);
        }
    }

    static List<String> databases(@Nullable List<String> databases) {
        List<String> names = withoutNulls("databases", databases);
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            matches("databases", name, DATABASE);
            if (!seen.add(name)) {
                throw new IllegalArgumentException(
                        "databases has " + Excerpt.quoted(name) + " twice; expected each database once");
            }
        }
        return names;
    }

    static <T> List<T> withoutNulls(String what, @Nullable List<T> list) {
        if (list == null) {
            return List.of();
        }
        if (list.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException(what + " has a null in it; expected none");
        }
        return List.copyOf(list);
    }

    static Map<String, String> attributes(@Nullable Map<String, String> attributes) {
        if (attributes == null) {
            return Map.of();
        }
        attributes.forEach((key, value) -> {
            storable("an attribute's name", key);
            storable("attribute " + Excerpt.quoted(key), value);
        });
        return Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    static String target(@Nullable String target) {
        return target == null ? MigrationRequested.LATEST : target("target", target);
    }

    private static String target(String what, String target) {
        boolean valid = target.length() <= MAX_TARGET_LENGTH
                && (target.equals(MigrationRequested.LATEST)
                        || VERSION.matcher(target).matches());
        if (!valid) {
            throw new IllegalArgumentException(what + " is " + Excerpt.quoted(target)
                    + "; expected \"latest\" or a version such as 11 or 2.1, of at most " + MAX_TARGET_LENGTH
                    + " characters");
        }
        return target;
    }

    /** Targets by database. */
    static Map<String, String> targets(@Nullable Map<String, String> targets) {
        if (targets == null) {
            return Map.of();
        }
        targets.forEach((database, target) -> {
            matches("targets", database, DATABASE);
            if (target == null) {
                throw new IllegalArgumentException(
                        "targets of " + Excerpt.quoted(database) + " is null; expected a version");
            }
            target("targets of " + Excerpt.quoted(database), target);
        });
        return Collections.unmodifiableMap(new LinkedHashMap<>(targets));
    }

    static void label(String what, String value) {
        text(what, value, MAX_LABEL_LENGTH);
    }

    /** For people: not blank, and storable. */
    static void text(String what, String value, int maxLength) {
        storable(what, value);
        if (value.isBlank() || value.length() > maxLength) {
            throw new IllegalArgumentException(what + " is " + Excerpt.quoted(value) + "; expected 1 to " + maxLength
                    + " characters that are not all blank");
        }
    }

    static void range(String what, int value, int from, int to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(what + " is " + value + "; expected "
                    + (to == Integer.MAX_VALUE ? from + " or more" : from + " to " + to));
        }
    }

    /** For {@code id} and {@code source}, which together are the identity of an event. */
    static void identity(String what, @Nullable String value) {
        if (value == null) {
            throw new IllegalArgumentException(what + " is missing");
        }
        boolean valid = !value.isEmpty()
                && value.chars().noneMatch(Character::isISOControl)
                && isUnicode(value)
                && value.getBytes(StandardCharsets.UTF_8).length <= MAX_IDENTITY_BYTES;
        if (!valid) {
            throw new IllegalArgumentException(what + " is " + Excerpt.quoted(value) + "; expected 1 to "
                    + MAX_IDENTITY_BYTES + " bytes of UTF-8 without control characters");
        }
    }

    static void matches(String what, @Nullable String value, Pattern pattern) {
        if (value == null) {
            throw new IllegalArgumentException(what + " is missing; expected " + pattern);
        }
        if (!pattern.matcher(value).matches()) {
            throw new IllegalArgumentException(what + " is " + Excerpt.quoted(value) + "; expected " + pattern);
        }
    }

    private static void storable(String what, @Nullable String value) {
        if (value == null) {
            throw new IllegalArgumentException(what + " is null; expected a string");
        }
        if (value.indexOf('\0') >= 0 || !isUnicode(value)) {
            throw new IllegalArgumentException(what + " is " + Excerpt.quoted(value)
                    + "; expected a string without U+0000 and without halves of surrogate pairs");
        }
    }

    /** A half of a surrogate pair is read as a code point of its own. */
    private static boolean isUnicode(String value) {
        for (int i = 0; i < value.length(); i = value.offsetByCodePoints(i, 1)) {
            int point = value.codePointAt(i);
            if (Character.isBmpCodePoint(point) && Character.isSurrogate((char) point)) {
                return false;
            }
        }
        return true;
    }
}
