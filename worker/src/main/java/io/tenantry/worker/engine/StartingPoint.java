package io.tenantry.worker.engine;

import org.jspecify.annotations.Nullable;

/**
 * The version of a home when a request first met it: a later attempt of the request reports from there, not from where
 * the attempt before it broke off. For use by one thread at a time.
 */
public final class StartingPoint {
    private boolean known;
    private @Nullable String version;

    /** The home was not there before: what a template brought counts as applied. */
    public void isNothing() {
        orNow(null);
    }

    /** The first call decides. Null is a home without history. */
    @Nullable String orNow(@Nullable String current) {
        if (!known) {
            known = true;
            version = current;
        }
        return version;
    }
}
