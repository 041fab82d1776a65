package io.tenantry.worker.engine.hazard;

import org.jspecify.annotations.Nullable;

/**
 * What one statement of a script does to a table in use.
 *
 * @param line of the file where the statement begins; null if unknown
 * @param what the fact that was measured, as a sentence without its full stop
 */
public record Hazard(HazardKind kind, @Nullable Integer line, String what) {
    /** For people: the fact, what to do instead, and how to acknowledge it. */
    public String sentence() {
        return what + ": " + kind.saferWay() + "; or, in a script that is not released, write -- tenantry:allow "
                + kind.id() + " <why>";
    }
}
