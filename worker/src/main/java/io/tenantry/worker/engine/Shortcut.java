package io.tenantry.worker.engine;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What came of the attempt to bring a home to a version without Flyway, and without keeping its lock. */
public sealed interface Shortcut {
    /**
     * It is done with.
     *
     * @param lockedAt when the lock was taken under which the last script was applied, by the server's clock; null if
     *     none was, and the home was only looked at, without its lock
     */
    record Done(MigrationResult result, @Nullable Instant lockedAt) implements Shortcut {}

    /** Somebody else works on the home: come back later. */
    record Busy() implements Shortcut {}

    /** The long way must be gone: the lock, then every step. What was applied so far stays. */
    record None() implements Shortcut {}
}
