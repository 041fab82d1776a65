package io.tenantry.worker.cli;

/**
 * Text from outside, as it may be shown: control characters are written as Java and JSON write them, so that no event
 * and no database can move the cursor, or begin a line of its own.
 */
public final class Escaped {
    private Escaped() {}

    /** One line: a line feed becomes {@code \n}, a tab {@code \t}, the escape character \u005cu001b. */
    public static String line(String text) {
        return escape(text, false);
    }

    /** The same, but line feeds and tabs stay. */
    public static String block(String text) {
        return escape(text, true);
    }

    private static String escape(String text, boolean keepLayout) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            if (shows(codePoint) || (keepLayout && (codePoint == '\n' || codePoint == '\t'))) {
                escaped.appendCodePoint(codePoint);
            } else {
                append(escaped, codePoint);
            }
        });
        return escaped.toString();
    }

    private static void append(StringBuilder escaped, int codePoint) {
        switch (codePoint) {
            case '\n' -> escaped.append("\\n");
            case '\r' -> escaped.append("\\r");
            case '\t' -> escaped.append("\\t");
            default -> {
                for (char unit : Character.toChars(codePoint)) {
                    escaped.append(String.format("\\u%04x", (int) unit));
                }
            }
        }
    }

    private static boolean shows(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
