package io.tenantry.worker.engine.proof;

import java.util.Optional;

/** How a walk along a path ended. */
sealed interface PathEnd {
    /**
     * The home is at the newest version.
     *
     * @param state empty if this role may not read all of it
     */
    record Reached(Optional<SchemaState> state) implements PathEnd {}

    /** A script failed, or was not tried; a finding says why. */
    record Unreached() implements PathEnd {}

    /** What the home is at the newest version; empty if it was not reached, or cannot be read. */
    default Optional<SchemaState> state() {
        return this instanceof Reached reached ? reached.state() : Optional.empty();
    }
}
