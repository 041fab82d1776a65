package io.tenantry.worker.engine;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a request saw of a home, over all its attempts: a later one reports from where the request first met it, not from
 * where the attempt before it broke off. For use by one thread at a time.
 */
public final class Sightings {
    private boolean known;
    private @Nullable String first;
    private @Nullable Instant lastLocked;

    /** The home was not there before: what a template brought counts as applied. */
    public void isNothing() {
        firstVersion(null);
    }

    /** The first call decides. Null is a home without history. */
    @Nullable String firstVersion(@Nullable String current) {
        if (!known) {
            known = true;
            first = current;
        }
        return first;
    }

    /** The home was worked on under a lock that was taken then, by the server's clock. */
    void locked(Instant at) {
        lastLocked = at;
    }

    /**
     * The last time; null if it never had the lock, as far as is known: of a commit without an answer it is not. What is
     * seen later without the lock is at least as new.
     */
    @Nullable Instant lastLocked() {
        return lastLocked;
    }
}
