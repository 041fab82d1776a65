package io.tenantry.worker.postgres;

import java.nio.charset.StandardCharsets;

/** Quotes names and texts for SQL that takes no parameters, as data definition does. */
public final class Identifiers {
    /** NAMEDATALEN - 1: PostgreSQL cuts longer names silently, so two tenants could get the same schema. */
    static final int MAX_BYTES = 63;

    private Identifiers() {}

    /**
     * The identifier in double quotes.
     *
     * @throws IllegalArgumentException if it is empty, longer than 63 bytes of UTF-8, or holds U+0000
     */
    public static String quote(String identifier) {
        int bytes = identifier.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_BYTES || identifier.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("an identifier has 1 to 63 bytes and no U+0000; this one has " + bytes);
        }
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /**
     * The text as a string constant, whatever {@code standard_conforming_strings} is.
     *
     * @throws IllegalArgumentException if it holds U+0000
     */
    public static String literal(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a string constant cannot hold U+0000");
        }
        return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
