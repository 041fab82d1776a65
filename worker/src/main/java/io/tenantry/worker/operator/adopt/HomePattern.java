package io.tenantry.worker.operator.adopt;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the existing schemas or databases of tenants are called.
 *
 * @param prefix before the name of the tenant; may be empty
 * @param suffix after it; may be empty
 */
public record HomePattern(String prefix, String suffix) {
    /** What stands for the tenant. */
    public static final String TENANT = "{tenant}";

    private static final Pattern LITERAL = Pattern.compile("[a-z0-9_-]*");

    /**
     * Reads {@code tenant_{tenant}}.
     *
     * @return empty if it does not contain {@code {tenant}} once, or has other characters than a-z, 0-9, _ and - beside it
     */
    public static Optional<HomePattern> of(String text) {
        int at = text.indexOf(TENANT);
        if (at < 0) {
            return Optional.empty();
        }
        HomePattern pattern = new HomePattern(text.substring(0, at), text.substring(at + TENANT.length()));
        return LITERAL.matcher(pattern.prefix + pattern.suffix).matches() ? Optional.of(pattern) : Optional.empty();
    }

    /** The part that stands for the tenant, which need not be a valid name; empty if this is no name of a home. */
    Optional<String> tenantOf(String name) {
        return name.length() > prefix.length() + suffix.length() && name.startsWith(prefix) && name.endsWith(suffix)
                ? Optional.of(name.substring(prefix.length(), name.length() - suffix.length()))
                : Optional.empty();
    }

    /** How many characters are the same for all tenants. */
    int fixed() {
        return prefix.length() + suffix.length();
    }

    @Override
    public String toString() {
        return prefix + TENANT + suffix;
    }
}
