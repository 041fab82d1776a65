package io.tenantry.worker.registry.drift;

import java.util.Locale;

/** What the last look at a home has found. */
public enum DriftState {
    /** No look has had an answer yet. */
    UNCHECKED,
    /** It is as its migrations make it. */
    CLEAN,
    /** Somebody has changed it. */
    DRIFTED,
    /** It could not be read, or there is nothing to compare it with. */
    UNREADABLE;

    String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    static DriftState of(String column) {
        return valueOf(column.toUpperCase(Locale.ROOT));
    }
}
