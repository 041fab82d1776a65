package io.tenantry.worker.drift;

/** How an object of a home differs from its reference. */
public enum Change {
    /** The reference has it, the home does not. */
    MISSING,
    /** The home has it, the reference does not. */
    EXTRA,
    /** Both have it, with different definitions. */
    CHANGED
}
