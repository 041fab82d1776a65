package io.tenantry.contracts;

import java.util.regex.Pattern;

/** What a tenant may be called: short and plain enough to be part of a schema or database name. */
public final class TenantName {
    public static final Pattern PATTERN = Pattern.compile("[a-z0-9][a-z0-9_-]{0,47}");

    private TenantName() {}

    public static boolean isValid(String tenant) {
        return PATTERN.matcher(tenant).matches();
    }
}
