package io.tenantry.worker.config.read;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The keys that exist, where they nest, and which of them a mistyped key probably means. */
final class KnownKeys {
    /** What may stand at a key. */
    enum Kind {
        /** One value. */
        VALUE,
        /** Further keys. */
        SECTION,
        UNKNOWN
    }

    static final String KAFKA_PROPERTIES = "kafka.properties";

    /** {@code *} is the name of a server or of a database. */
    private static final Set<String> VALUES = Set.of(
            "kafka.bootstrap-servers",
            "kafka.group-id",
            "kafka.group-protocol",
            "kafka.partitions",
            "kafka.replication-factor",
            "kafka.topic-prefix",
            "registry.url",
            "registry.user",
            "registry.password",
            "registry.password-file",
            "registry.max-connections",
            "registry.ledger-retention",
            "servers.*.url",
            "servers.*.user",
            "servers.*.password",
            "servers.*.password-file",
            "servers.*.max-connections",
            "databases.*.server",
            "databases.*.isolation",
            "databases.*.location",
            "databases.*.migrations",
            "databases.*.java-migrations",
            "databases.*.out-of-order",
            "databases.*.allow",
            "worker.concurrency",
            "worker.drain-timeout",
            "worker.unknown-tenant-grace",
            "worker.unknown-target-grace",
            "worker.lock-timeout",
            "worker.statement-timeout",
            "retry.max-attempts",
            "retry.initial-delay",
            "retry.max-delay",
            "retry.give-up-after",
            "http.host",
            "http.port");

    /** Those of {@link #VALUES} that may be written as a list. */
    private static final Set<String> LISTS = Set.of("databases.*.java-migrations", "databases.*.allow");

    private static final int FARTHEST_SUGGESTION = 2;

    private KnownKeys() {}

    static Kind kindOf(String key) {
        String pattern = pattern(key);
        if (VALUES.contains(pattern) || isKafkaProperty(key)) {
            return Kind.VALUE;
        }
        return sections().anyMatch(pattern::equals) ? Kind.SECTION : Kind.UNKNOWN;
    }

    /** Whether the value may be a list in the file. Elsewhere it has commas between its elements. */
    static boolean isList(String key) {
        return LISTS.contains(pattern(key));
    }

    static boolean isKafkaProperty(String key) {
        return key.startsWith(KAFKA_PROPERTIES + ".") && key.length() > KAFKA_PROPERTIES.length() + 1;
    }

    /** Whether the value of this key must never be shown. Of Kafka's properties too many are secret to tell apart. */
    static boolean isSecret(String key) {
        return key.endsWith(".password") || isKafkaProperty(key);
    }

    /** The known key that was probably meant. */
    static Optional<String> nearest(String unknown) {
        List<String> segments = List.of(unknown.split("\\.", -1));
        String name = segments.size() > 1 ? segments.get(1) : "*";
        Set<String> candidates = Stream.concat(VALUES.stream(), sections())
                .filter(pattern -> !pattern.endsWith("*"))
                .map(pattern -> pattern.replace("*", name))
                .filter(candidate -> !candidate.contains("*"))
                .collect(Collectors.toCollection(TreeSet::new));
        String last = plain(segments.get(segments.size() - 1));
        int farthest = Math.min(FARTHEST_SUGGESTION, last.length() - 1);
        Optional<String> close = candidates.stream()
                .filter(candidate -> distance(plain(candidate), plain(unknown)) <= farthest)
                .min(Comparator.comparingInt(candidate -> distance(plain(candidate), plain(unknown))));
        return close.or(() -> onlyOneEndingIn(last, candidates));
    }

    private static Optional<String> onlyOneEndingIn(String last, Set<String> candidates) {
        List<String> same = candidates.stream()
                .filter(candidate -> plain(candidate.substring(candidate.lastIndexOf('.') + 1))
                        .equals(last))
                .toList();
        return same.size() == 1 ? Optional.of(same.get(0)) : Optional.empty();
    }

    private static Stream<String> sections() {
        return Stream.concat(
                Stream.of(KAFKA_PROPERTIES, "servers", "databases"),
                VALUES.stream().map(value -> value.substring(0, value.lastIndexOf('.'))));
    }

    private static String pattern(String key) {
        return key.replaceFirst("^(servers|databases)\\.[^.]*", "$1.*");
    }

    /** Spelling with capitals or underscores instead of dashes is no distance. */
    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }

    /** Levenshtein's: how many characters to insert, drop or replace. */
    private static int distance(String left, String right) {
        int[] previous = new int[right.length() + 1];
        for (int column = 0; column <= right.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= left.length(); row++) {
            int[] current = new int[right.length() + 1];
            current[0] = row;
            for (int column = 1; column <= right.length(); column++) {
                int replaced = previous[column - 1] + (left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, Math.min(previous[column], current[column - 1]) + 1);
            }
            previous = current;
        }
        return previous[right.length()];
    }
}
