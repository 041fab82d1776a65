package io.tenantry.worker.config.read;

import java.util.regex.Pattern;

/** Allowed names of servers and databases. */
public final class Names {
    static final String ALLOWED = "1 to 48 of a-z, 0-9, _ and -, the first a letter or digit";
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9_-]{0,47}");

    private Names() {}

    static boolean isName(String text) {
        return FORM.matcher(text).matches();
    }

    static boolean isFaulty(String key, String name, Layers layers, Faults faults) {
        if (!isName(name)) {
            faults.add(key, layers.originOf(key), "not a name; allowed: " + ALLOWED);
            return true;
        }
        return false;
    }
}
