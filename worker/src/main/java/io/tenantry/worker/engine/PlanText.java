package io.tenantry.worker.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A plan as PostgreSQL is given it.
 *
 * @param sql statements, as one message
 * @param places where each of them stands, in their order; without those behind the transaction
 */
record PlanText(String sql, List<Place> places) {
    /** What a statement of a plan is for. */
    enum Part {
        /** The transaction begins, and the whole text is read. */
        BEGIN,
        /** The home's lock is tried. */
        LOCK,
        /** Mark and history are looked at, or made. */
        HOME,
        /** A script, with its row in the history. */
        SCRIPT,
        COMMIT
    }

    /**
     * Where a statement stands.
     *
     * @param script whose it is; null if it is no script's, or not of one alone
     * @param statement its number in the script; -1 if it is the worker's own
     */
    record Place(Part part, @Nullable PlannedScript script, int statement) {
        static Place of(Part part) {
            return new Place(part, null, -1);
        }

        /** Null if it is the worker's own. */
        PlannedScript.@Nullable Statement text() {
            return script == null || statement < 0 ? null : script.statements().get(statement);
        }
    }

    PlanText {
        places = List.copyOf(places);
    }

    /** Whether the transaction is committed, if so many statements were done. */
    boolean isCommitted(int completed) {
        return completed >= places.size();
    }

    /** Where the message failed, if so many statements were done, and it is not committed. */
    Place after(int completed) {
        return places.get(completed);
    }
}
