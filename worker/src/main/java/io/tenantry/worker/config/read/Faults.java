package io.tenantry.worker.config.read;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects all faults, so that they are reported together, and keeps secrets out of every message. */
final class Faults {
    private static final int LONGEST_SHOWN = 100;

    /** A key may be read more than once; its fault is told once. */
    private final Set<String> found = new LinkedHashSet<>();

    void missing(String key, String allowed) {
        found.add(key + ": missing; allowed: " + allowed);
    }

    /** @param problem what is wrong with the value, without the value */
    void bad(String key, Layers.Found value, String problem, String allowed) {
        found.add(key + shown(key, value.text()) + " (" + value.origin() + "): " + problem + "; allowed: " + allowed);
    }

    void unknown(String key, String origin) {
        // A forgotten space, as in {password:secret}, makes a value part of its key.
        String name = key.split("[:=]", 2)[0];
        String advice = KnownKeys.nearest(name)
                .map(meant -> "did you mean " + printable(meant) + "?")
                .orElse("allowed: the keys of the documentation");
        add(name.equals(key) ? name : name + "...", origin, "unknown key; " + advice);
    }

    void add(String key, String origin, String problem) {
        found.add(printable(key) + " (" + origin + "): " + problem);
    }

    void throwIfAny() throws InvalidSettingsException {
        if (!found.isEmpty()) {
            throw new InvalidSettingsException(List.copyOf(found));
        }
    }

    private static String shown(String key, String value) {
        return switch (KnownKeys.shown(key)) {
            case TEXT -> " = \"" + printable(value) + "\"";
            case STARS -> " = ***";
            case NOTHING -> "";
        };
    }

    /** On one line, and not a page of it. */
    static String printable(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "...";
    }
}
