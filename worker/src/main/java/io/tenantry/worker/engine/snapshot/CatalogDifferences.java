package io.tenantry.worker.engine.snapshot;

import io.tenantry.worker.engine.snapshot.CatalogSnapshot.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The differences between two snapshots, for people. "here" is the first snapshot, "there" the second. */
final class CatalogDifferences {
    private static final int MOST_LINES = 20;
    /** Of each of two long definitions, so much is shown. */
    private static final int EXCERPT = 100;
    /** And so much of what is the same before. */
    private static final int LEAD = 20;

    private final SortedMap<String, Entry> here;
    private final SortedMap<String, Entry> there;

    CatalogDifferences(CatalogSnapshot here, CatalogSnapshot there) {
        this.here = here.entries();
        this.there = there.entries();
    }

    List<String> lines() {
        SortedSet<String> labels = new TreeSet<>(here.keySet());
        labels.addAll(there.keySet());
        List<String> lines = new ArrayList<>();
        for (String label : labels) {
            String difference = difference(here.get(label), there.get(label));
            if (difference != null) {
                lines.add(label + ": " + difference);
            }
        }
        if (lines.size() <= MOST_LINES) {
            return List.copyOf(lines);
        }
        List<String> bounded = new ArrayList<>(lines.subList(0, MOST_LINES - 1));
        bounded.add("and " + (lines.size() - bounded.size()) + " more differences");
        return List.copyOf(bounded);
    }

    /** Null if there is none to tell. */
    private @Nullable String difference(@Nullable Entry mine, @Nullable Entry theirs) {
        if (mine == null || theirs == null) {
            Entry only = mine == null ? theirs : mine;
            // An object that is missing says it all for its columns.
            boolean told = only != null && here.containsKey(only.partOf()) != there.containsKey(only.partOf());
            return told ? null : theirs == null ? "only here" : "only there";
        }
        if (mine.equals(theirs)) {
            return null;
        }
        if (mine.definition().equals(theirs.definition())) {
            return "part of " + mine.partOf() + " here, of " + theirs.partOf() + " there";
        }
        int same = commonPrefix(mine.definition(), theirs.definition());
        return excerpt(mine.definition(), same) + " here, " + excerpt(theirs.definition(), same) + " there";
    }

    private static int commonPrefix(String one, String other) {
        int same = 0;
        while (same < one.length() && same < other.length() && one.charAt(same) == other.charAt(same)) {
            same++;
        }
        return same;
    }

    private static String excerpt(String text, int same) {
        int from = text.length() <= EXCERPT ? 0 : Math.max(0, same - LEAD);
        int to = Math.min(text.length(), from + EXCERPT);
        String shown = (from > 0 ? "…" : "") + text.substring(from, to) + (to < text.length() ? "…" : "");
        return '`' + shown.replace("\n", "\\n") + '`';
    }
}
