package io.tenantry.worker.config.read;

/**
 * Escapes dollar signs: SmallRye reads {@code $$} as one dollar sign, which would silently change a password. It reads
 * {@code \$} as the sign itself.
 */
final class DollarSigns {
    private DollarSigns() {}

    /** For a setting: only a dollar sign before a brace starts an expression, unless a backslash stands before it. */
    static String expandable(String value) {
        return value.replaceAll("\\$(?!\\{)", "\\\\\\$");
    }

    /** For what an expression refers to: taken as it is. */
    static String literal(String value) {
        return value.replace("$", "\\$");
    }
}
