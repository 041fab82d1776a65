package io.tenantry.worker.drift;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The privileges on an object. The owner is not named: an object that changed its owner alone has the same privileges
 * before and after.
 */
final class Privileges {
    private static final String OWNER = "its owner";
    private static final String BETWEEN = "; ";
    private static final Pattern GRANT = Pattern.compile("(.*)=([A-Z ]+)(\\*?)/(.*)");
    private static final Pattern READABLE = Pattern.compile("([A-Z ]+) to (.*)");

    private Privileges() {}

    /**
     * As people write them, such as {@code SELECT to PUBLIC; UPDATE to app with grant option}.
     *
     * @param listed as a snapshot has them, such as {@code PUBLIC=SELECT/app}
     * @param owner null if the object has none
     */
    static String readable(String listed, @Nullable String owner) {
        return Stream.of(listed.split(", ", -1))
                .map(grant -> readableGrant(grant, owner))
                .sorted()
                .collect(Collectors.joining(BETWEEN));
    }

    private static String readableGrant(String grant, @Nullable String owner) {
        Matcher parts = GRANT.matcher(grant);
        if (!parts.matches()) {
            return grant;
        }
        String grantee = parts.group(1).equals(owner) ? OWNER : parts.group(1);
        // A snapshot names the owner as grantor where nobody else granted.
        boolean byOwner = owner == null || parts.group(4).equals(owner);
        return parts.group(2) + " to " + grantee
                + (parts.group(3).isEmpty() ? "" : " with grant option")
                + (byOwner ? "" : " by " + parts.group(4));
    }

    /** What was granted and revoked, such as {@code SELECT granted to PUBLIC, INSERT and UPDATE revoked from app}. */
    static String changes(@Nullable String expected, @Nullable String actual) {
        SortedSet<String> before = grants(expected);
        SortedSet<String> after = grants(actual);
        List<String> changes = new ArrayList<>();
        changes.addAll(each("granted to", minus(after, before)));
        changes.addAll(each("revoked from", minus(before, after)));
        return String.join(", ", changes);
    }

    /** What the first one grants and the second one does not, each as in {@link #readable}. */
    static SortedSet<String> lacking(@Nullable String expected, @Nullable String actual) {
        return minus(grants(expected), grants(actual));
    }

    private static SortedSet<String> grants(@Nullable String readable) {
        return readable == null || readable.isEmpty()
                ? new TreeSet<>()
                : new TreeSet<>(List.of(readable.split(BETWEEN, -1)));
    }

    private static SortedSet<String> minus(SortedSet<String> some, SortedSet<String> others) {
        SortedSet<String> left = new TreeSet<>(some);
        left.removeAll(others);
        return left;
    }

    private static Collection<String> each(String verb, SortedSet<String> grants) {
        Map<String, List<String>> byGrantee = new TreeMap<>();
        for (String grant : grants) {
            Matcher parts = READABLE.matcher(grant);
            if (parts.matches()) {
                byGrantee
                        .computeIfAbsent(parts.group(2), grantee -> new ArrayList<>())
                        .add(parts.group(1));
            }
        }
        return byGrantee.entrySet().stream()
                .map(each -> Sentence.list(each.getValue()) + " " + verb + " " + each.getKey())
                .toList();
    }
}
