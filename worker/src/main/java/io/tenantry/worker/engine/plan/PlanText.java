package io.tenantry.worker.engine.plan;

import io.tenantry.worker.engine.catalog.PlannedScript;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text of a plan, as it is sent to PostgreSQL.
 *
 * @param sql statements, as one message
 * @param places where each of them stands, in their order; without those behind the transaction
 * @param statements how many PostgreSQL answers, without those that undo what a script leaves in the session
 */
record PlanText(String sql, List<Place> places, int statements) {
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

        /** Whether scripts have run, and none of them alone is under way. */
        boolean isAmongScripts() {
            return script == null && (part == Part.SCRIPT || part == Part.COMMIT);
        }

        /** Null if it is the worker's own. */
        PlannedScript.@Nullable Statement text() {
            return script == null || statement < 0 ? null : script.statements().get(statement);
        }
    }

    PlanText {
        places = List.copyOf(places);
    }

    /** Where the first script begins; null if there is none. */
    @Nullable Place firstOfScripts() {
        return places.stream()
                .filter(place -> place.script() != null)
                .findFirst()
                .orElse(null);
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
