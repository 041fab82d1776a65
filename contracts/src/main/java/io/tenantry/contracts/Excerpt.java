package io.tenantry.contracts;

/** Foreign text as messages show it: short, on one line, and harmless in a log. */
final class Excerpt {
    private static final int MAX_LENGTH = 80;

    private Excerpt() {}

    /** In quotes, cut to 80 characters, with control characters escaped. */
    static String quoted(String text) {
        return '"' + escaped(cut(text, MAX_LENGTH)) + (text.length() > MAX_LENGTH ? "\"..." : "\"");
    }

    /** Cut to a length in UTF-16 units, or one less where that would split a surrogate pair. */
    static String cut(String text, int maxLength) {
        if (text.length() <= maxLength) {
            return text;
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(maxLength - 1))
                && Character.isLowSurrogate(text.charAt(maxLength));
        return text.substring(0, splitsPair ? maxLength - 1 : maxLength);
    }

    /** With control characters, line separators and halves of surrogate pairs as in Java source. */
    static String escaped(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int kind = Character.getType(c);
            if (Character.isISOControl(c)
                    || kind == Character.SURROGATE
                    || kind == Character.FORMAT
                    || kind == Character.LINE_SEPARATOR
                    || kind == Character.PARAGRAPH_SEPARATOR) {
                safe.append(String.format("\\u%04x", c));
            } else {
                safe.appendCodePoint(c);
            }
        });
        return safe.toString();
    }
}
