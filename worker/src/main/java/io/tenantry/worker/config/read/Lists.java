package io.tenantry.worker.config.read;

import java.util.Arrays;
import java.util.List;

/** Lists of names as one text: with commas between; a backslash before a comma makes it part of a name. */
final class Lists {
    private static final String SEPARATOR = "(?<!\\\\),";

    private Lists() {}

    /** The name as it stands in a list. */
    static String escaped(String name) {
        return name.replace(",", "\\,");
    }

    /** The names without surrounding spaces. An empty one is kept. */
    static List<String> split(String text) {
        return Arrays.stream(text.split(SEPARATOR, -1))
                .map(name -> name.replace("\\,", ",").strip())
                .toList();
    }
}
