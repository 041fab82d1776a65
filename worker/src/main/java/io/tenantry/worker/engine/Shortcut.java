package io.tenantry.worker.engine;

/** What came of the attempt to bring a home to a version without Flyway, and without keeping its lock. */
public sealed interface Shortcut {
    /** It is done with. */
    record Done(MigrationResult result) implements Shortcut {}

    /** Somebody else works on the home: come back later. */
    record Busy() implements Shortcut {}

    /** The long way must be gone: the lock, then every step. What was applied so far stays. */
    record None() implements Shortcut {}
}
