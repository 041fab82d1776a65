package io.tenantry.worker.engine.snapshot;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hides the name of a schema in the bodies of its functions, which PostgreSQL keeps as they were written. The name is
 * replaced where it is a whole identifier before a dot ({@code tenant_a.users}, {@code "tenant-b" . users}), also in a
 * string constant, and where it is a value of search_path ({@code SET search_path TO 'tenant_a', public}).
 *
 * <p>Everywhere else the name stays: a string constant that is the bare name ({@code nspname = 'tenant_a'}) makes two
 * schemas differ. An alias or a table with the name of the schema also makes them differ: {@code users.email} in a schema
 * {@code users}.
 */
public final class SchemaNameMask {
    /** Replaces the name; no identifier looks like this. */
    static final String TOKEN = "<schema>";

    private static final String IN_IDENTIFIER = "\\p{L}\\p{N}_$";
    private static final Pattern NEEDS_NO_QUOTES = Pattern.compile("[\\p{L}_][" + IN_IDENTIFIER + "]*");
    private static final Pattern SEARCH_PATH =
            Pattern.compile("\\bsearch_path\\s*(?:=|\\bTO\\b)[^;\\n]*", Pattern.CASE_INSENSITIVE);

    private final Pattern qualifier;
    private final Pattern pathElement;

    public SchemaNameMask(String schema) {
        String quoted = Pattern.quote('"' + schema.replace("\"", "\"\"") + '"');
        String names = quoted;
        if (NEEDS_NO_QUOTES.matcher(schema).matches() && schema.equals(schema.toLowerCase(Locale.ROOT))) {
            names += "|(?i:" + Pattern.quote(schema) + ")";
        }
        String notInside = "(?<![" + IN_IDENTIFIER + "\".])";
        this.qualifier = Pattern.compile(notInside + "(?:" + names + ")(?=\\s*\\.(?!\\.))");
        String constant = Pattern.quote("'" + schema.replace("'", "''") + "'");
        this.pathElement =
                Pattern.compile(notInside + "(?:" + constant + "|" + names + ")(?![" + IN_IDENTIFIER + "\"'.])");
    }

    /** Returns the text with the token in place of the name. */
    public String hide(String text) {
        String unqualified = qualifier.matcher(text).replaceAll(Matcher.quoteReplacement(TOKEN));
        return SEARCH_PATH
                .matcher(unqualified)
                .replaceAll(setting -> Matcher.quoteReplacement(
                        pathElement.matcher(setting.group()).replaceAll(Matcher.quoteReplacement(TOKEN))));
    }
}
