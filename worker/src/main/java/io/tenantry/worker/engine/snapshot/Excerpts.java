package io.tenantry.worker.engine.snapshot;

import org.jspecify.annotations.Nullable;

/** Excerpts of two definitions of one object. Both begin shortly before the first character that differs. Immutable. */
public final class Excerpts {
    private static final int LONGEST = 100;
    private static final int LONGEST_BEGINNING = 150;
    /** How many of the characters before the first difference are shown. */
    private static final int LEAD = 20;

    private final int common;

    /** Null stands for no definition. */
    public Excerpts(@Nullable String one, @Nullable String other) {
        this.common = one == null || other == null ? 0 : commonPrefix(one, other);
    }

    /** The excerpt of one of them, in back quotes; "nothing" for null. */
    String of(@Nullable String definition) {
        return definition == null ? "nothing" : '`' + plain(definition) + '`';
    }

    /** The excerpt of one of them. */
    public String plain(String definition) {
        int from = definition.length() <= LONGEST ? 0 : Math.max(0, common - LEAD);
        int to = Math.min(definition.length(), from + LONGEST);
        String shown = (from > 0 ? "…" : "") + definition.substring(from, to) + (to < definition.length() ? "…" : "");
        return inOneLine(shown);
    }

    /** The beginning of a text, in one line. */
    static String cut(String text) {
        return cut(text, LONGEST_BEGINNING);
    }

    /**
     * The beginning of a text, in one line.
     *
     * @param longest how many characters of the text are shown at most
     */
    public static String cut(String text, int longest) {
        return inOneLine(text.length() <= longest ? text : text.substring(0, longest) + "…");
    }

    private static String inOneLine(String text) {
        return text.replace("\r", "\\r").replace("\n", "\\n");
    }

    private static int commonPrefix(String one, String other) {
        int length = 0;
        while (length < one.length() && length < other.length() && one.charAt(length) == other.charAt(length)) {
            length++;
        }
        return length;
    }
}
