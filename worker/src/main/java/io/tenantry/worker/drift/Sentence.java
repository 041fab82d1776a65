package io.tenantry.worker.drift;

import java.util.List;

/** Parts of sentences. */
final class Sentence {
    private Sentence() {}

    /** As in {@code one}, {@code one and two}, {@code one, two and three}. */
    static String list(List<String> words) {
        int last = words.size() - 1;
        return last < 1
                ? String.join("", words)
                : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }
}
