package io.tenantry.worker.config.read;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

    private static final Map<String, Setting<?>> SETTINGS =
            SettingsTable.all().stream().collect(Collectors.toUnmodifiableMap(Setting::key, setting -> setting));

    private static final int FARTHEST_SUGGESTION = 2;

    private KnownKeys() {}

    static Kind kindOf(String key) {
        String pattern = pattern(key);
        if (SETTINGS.containsKey(pattern)) {
            return Kind.VALUE;
        }
        return sections().anyMatch(pattern::equals) ? Kind.SECTION : Kind.UNKNOWN;
    }

    /** Whether the value may be a list in the file. Elsewhere it has commas between its elements. */
    static boolean isList(String key) {
        Setting<?> setting = SETTINGS.get(pattern(key));
        return setting != null && setting.type().isList();
    }

    static boolean isKafkaProperty(String key) {
        return key.startsWith(KAFKA_PROPERTIES + ".") && key.length() > KAFKA_PROPERTIES.length() + 1;
    }

    /** What a fault shows of the value of this key; of an unknown one, nothing. */
    static ValueType.Shown shown(String key) {
        Setting<?> setting = SETTINGS.get(pattern(key));
        return setting == null ? ValueType.Shown.NOTHING : setting.type().shown();
    }

    /** The sections at the top of the file, as words of a sentence. */
    static String topSections() {
        return enumerated(
                SettingsTable.all().stream().map(setting -> setting.key().split("\\.", 2)[0]));
    }

    /** The keys that each entry of {@code servers} or {@code databases} needs, as words of a sentence. */
    static String requiredIn(String section) {
        String prefix = section + ".*.";
        return enumerated(SettingsTable.all().stream()
                .filter(setting -> setting.isRequired() && setting.key().startsWith(prefix))
                .map(setting -> setting.key().substring(prefix.length())));
    }

    private static String enumerated(Stream<String> words) {
        return words.distinct().collect(Collectors.joining(", ")).replaceFirst(", ([^,]+)$", " and $1");
    }

    /** The known key that was probably meant. */
    static Optional<String> nearest(String unknown) {
        List<String> segments = List.of(unknown.split("\\.", -1));
        Set<String> candidates = Stream.concat(SETTINGS.keySet().stream(), sections())
                .filter(pattern -> !pattern.endsWith("*"))
                .map(pattern -> named(pattern, segments))
                .filter(candidate -> !candidate.contains("*"))
                .collect(Collectors.toCollection(TreeSet::new));
        String last = plain(segments.get(segments.size() - 1));
        int farthest = Math.min(FARTHEST_SUGGESTION, last.length() - 1);
        Optional<String> close = candidates.stream()
                .filter(candidate -> distance(plain(candidate), plain(unknown)) <= farthest)
                .min(Comparator.comparingInt(candidate -> distance(plain(candidate), plain(unknown))));
        return close.or(() -> onlyOneEndingIn(last, candidates));
    }

    /** The pattern with the names of the unknown key, where that has one. */
    private static String named(String pattern, List<String> unknown) {
        String[] segments = pattern.split("\\.", -1);
        for (int i = 0; i < segments.length && i < unknown.size(); i++) {
            segments[i] = segments[i].equals("*") ? unknown.get(i) : segments[i];
        }
        return String.join(".", segments);
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
                Stream.of("servers", "databases", "databases.*.servers"),
                SETTINGS.keySet().stream().map(value -> value.substring(0, value.lastIndexOf('.'))));
    }

    private static String pattern(String key) {
        return isKafkaProperty(key)
                ? SettingsTable.KAFKA_PROPERTY.key()
                : key.replaceFirst("^(servers|databases)\\.[^.]*", "$1.*")
                        .replaceFirst("^(databases\\.\\*\\.servers)\\.[^.]*", "$1.*");
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
