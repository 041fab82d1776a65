package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import java.util.Optional;

/** How a walk along a path ended. */
sealed interface PathEnd {
    /**
     * The home is at the newest version.
     *
     * @param state empty if this role may not read all of it
     */
    record Reached(Optional<SchemaState> state) implements PathEnd {}

    /**
     * A script failed on a home with the rows of a seed. The same path without the seeds before it shows whether it does so on
     * other homes too.
     *
     * @param script its name in the history
     * @param seed the version of the last seed that was inserted
     */
    record FailedOnRows(String script, ResultError error, String seed) implements PathEnd {}

    /** A script failed, or was not tried; a finding says why. */
    record Unreached() implements PathEnd {}

    /** What the home is at the newest version; empty if it was not reached, or cannot be read. */
    default Optional<SchemaState> state() {
        return this instanceof Reached reached ? reached.state() : Optional.empty();
    }
}
