package io.tenantry.worker.registry.drift;

import io.tenantry.contracts.DriftChange;
import io.tenantry.contracts.DriftedObject;
import io.tenantry.worker.postgres.StatementText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One difference between a home and its reference.
 *
 * @param kind of the object, or of the property
 * @param object its name
 * @param table the table that it belongs to; null if it belongs to none
 * @param expected its definition in the reference; null if it has none there
 * @param actual its definition in the home; null if it has none there
 */
public record FoundDifference(
        DriftChange change,
        String kind,
        String object,
        @Nullable String table,
        @Nullable String expected,
        @Nullable String actual) {
    private static final int LONGEST = 300;
    /** The text of a comment is no definition. */
    private static final String COMMENT = "comment";

    private static final Pattern DEFAULT = Pattern.compile("(?<=\\bDEFAULT ).*", Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w\"$.])\\d[\\w.]*");

    /** As it may be stored: cut, and without literals in definitions, since a default may hold a secret; comments without their text. */
    FoundDifference masked() {
        return new FoundDifference(change, kind, cut(object), table, masked(expected), masked(actual));
    }

    private @Nullable String masked(@Nullable String definition) {
        if (definition == null || kind.equals(COMMENT)) {
            return definition == null ? null : "'...'";
        }
        String text = StatementText.beginning(definition, Integer.MAX_VALUE);
        String masked = DEFAULT.matcher(text)
                .replaceFirst(value ->
                        Matcher.quoteReplacement(NUMBER.matcher(value.group()).replaceAll("...")));
        return cut(masked);
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }

    /** As it is published: without definitions. */
    DriftedObject published() {
        return new DriftedObject(change, kind, cut(object), table);
    }
}
