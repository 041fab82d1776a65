package io.tenantry.worker.engine.snapshot;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A change of one detail of a schema.
 *
 * @param label what a snapshot must see changed
 * @param since the first major version of PostgreSQL that can do it
 * @param undo what takes it back
 */
record Change(String label, int since, String sql, Optional<String> undo) {
    private static final Pattern ONE = Pattern.compile(
            "^-- changes: (.+?)(?: \\((\\d\\d)\\))?\\n(.*?)(?=^-- changes: |\\z)", Pattern.MULTILINE | Pattern.DOTALL);

    /** All that a file of them holds. */
    static List<Change> allIn(String text) {
        return ONE.matcher(text).results().map(Change::of).toList();
    }

    private static Change of(MatchResult found) {
        String[] parts = found.group(3).split("-- undo:\n", 2);
        return new Change(
                found.group(1),
                found.group(2) == null ? 14 : Integer.parseInt(found.group(2)),
                parts[0].strip(),
                parts.length == 1 ? Optional.empty() : Optional.of(parts[1].strip()));
    }

    @Override
    public String toString() {
        return label + ": " + sql.lines().findFirst().orElse("");
    }
}
