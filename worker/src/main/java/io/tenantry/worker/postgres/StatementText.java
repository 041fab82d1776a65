package io.tenantry.worker.postgres;

import java.util.regex.Pattern;

/** Statements as they may be shown: literals may hold secrets, or data of tenants. */
public final class StatementText {
    /** A string, also one that is cut off; after a backslash it goes on, which hides too much rather than too little. */
    private static final Pattern STRING = Pattern.compile("'(?:[^'\\\\]++|''|\\\\.)*+(?:'|\\\\?$)", Pattern.DOTALL);

    private static final Pattern DOLLAR_QUOTED =
            Pattern.compile("\\$([A-Za-z_]\\w*|)\\$.*?(?:\\$\\1\\$|$)", Pattern.DOTALL);
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private StatementText() {}

    /**
     * The beginning of a statement on one line, without what its literals hold.
     *
     * @param longest in UTF-16 units
     */
    public static String beginning(String statement, int longest) {
        String masked = STRING.matcher(DOLLAR_QUOTED.matcher(statement).replaceAll("'...'"))
                .replaceAll("'...'");
        String line = SPACE.matcher(masked).replaceAll(" ").strip();
        return line.length() <= longest ? line : line.substring(0, longest);
    }
}
