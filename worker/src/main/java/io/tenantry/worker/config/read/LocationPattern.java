package io.tenantry.worker.config.read;

import io.tenantry.worker.config.Isolation;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which schemas or databases a pattern of {@code {tenant}} can name, and whether PostgreSQL and the registry allow it. */
final class LocationPattern {
    static final String TENANT = "{tenant}";

    private static final int LONGEST_TENANT = 48;
    /** PostgreSQL cuts longer names off (NAMEDATALEN, see "Identifiers and Key Words" in its manual). */
    private static final int LONGEST_NAME = 63;

    private static final Pattern LITERAL = Pattern.compile("[a-z0-9_-]*");
    private static final Set<String> SCHEMAS = Set.of("tenantry", "public", "information_schema");
    private static final Set<String> SHARED_SCHEMAS = Set.of("tenantry", "information_schema");
    private static final Set<String> DATABASES = Set.of("tenantry", "postgres", "template0", "template1");

    private LocationPattern() {}

    static ValueType<String> type(Isolation isolation) {
        return ValueType.of("text", allowed(isolation), text -> {
            Optional<String> fault = fault(text, isolation);
            return ValueType.accepted(text, fault.isEmpty(), fault.orElse(""));
        });
    }

    private static String allowed(Isolation isolation) {
        String rest = "a-z, 0-9, _ and -, a letter first, not pg_ first, at most ";
        return switch (isolation) {
            case SCHEMA, DATABASE ->
                "{tenant} exactly once, and beside it " + rest + (LONGEST_NAME - LONGEST_TENANT) + " characters";
            case SHARED -> rest + LONGEST_NAME + " characters, without {tenant}";
        };
    }

    /** What is wrong with it; empty: nothing. */
    static Optional<String> fault(String location, Isolation isolation) {
        int count = location.split(Pattern.quote(TENANT), -1).length - 1;
        boolean shared = isolation == Isolation.SHARED;
        if (count != (shared ? 0 : 1)) {
            return Optional.of("contains {tenant} " + (count == 1 ? "once" : count + " times"));
        }
        String literal = location.replace(TENANT, "");
        if (!LITERAL.matcher(literal).matches()) {
            return Optional.of("contains characters that names here do not have");
        }
        if (!location.startsWith(TENANT) && !Character.isLetter(location.charAt(0))) {
            return Optional.of("does not start with a letter");
        }
        if (location.startsWith("pg_")) {
            return Optional.of("starts with pg_, which PostgreSQL keeps for itself");
        }
        int longest = literal.getBytes(StandardCharsets.UTF_8).length + (shared ? 0 : LONGEST_TENANT);
        if (longest > LONGEST_NAME) {
            return Optional.of("makes names of up to " + longest + " bytes, PostgreSQL has " + LONGEST_NAME);
        }
        return taken(location, isolation).map(name -> "can be " + name + ", which is not a tenant's");
    }

    private static Optional<String> taken(String location, Isolation isolation) {
        Set<String> reserved = switch (isolation) {
            case SCHEMA -> SCHEMAS;
            case DATABASE -> DATABASES;
            case SHARED -> SHARED_SCHEMAS;
        };
        return new TreeSet<>(reserved)
                .stream().filter(name -> canBe(location, name)).findFirst();
    }

    private static boolean canBe(String location, String name) {
        int at = location.indexOf(TENANT);
        if (at < 0) {
            return location.equals(name);
        }
        String before = location.substring(0, at);
        String after = location.substring(at + TENANT.length());
        return name.length() > before.length() + after.length()
                && name.startsWith(before)
                && name.endsWith(after)
                && Names.isName(name.substring(before.length(), name.length() - after.length()));
    }
}
