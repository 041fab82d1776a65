package io.tenantry.worker.engine.plan;

import io.tenantry.worker.engine.catalog.PlannedScript;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text of a plan, as it is sent to PostgreSQL.
 *
 * @param sql statements, as one message
 * @param places what each statement belongs to, in order; without the statements after the transaction
 * @param statements how many statements PostgreSQL answers, without those that reset the session
 */
record PlanText(String sql, List<Place> places, int statements) {
    /** What a statement of a plan is for. */
    enum Part {
        /** Begins the transaction; PostgreSQL parses the whole text before. */
        BEGIN,
        /** Tries the home's lock. */
        LOCK,
        /** Checks mark and history, or creates them. */
        HOME,
        /** A script, with its row in the history. */
        SCRIPT,
        COMMIT
    }

    /**
     * What a statement belongs to.
     *
     * @param script its script; null if it belongs to none, or to several
     * @param statement its number in the script; -1 if it is the worker's own
     */
    record Place(Part part, @Nullable PlannedScript script, int statement) {
        static Place of(Part part) {
            return new Place(part, null, -1);
        }

        /** Whether the statement comes after the beginning of the scripts, and belongs to no single script. */
        boolean isAmongScripts() {
            return script == null && (part == Part.SCRIPT || part == Part.COMMIT);
        }

        /** The statement of the script; null if it is the worker's own. */
        PlannedScript.@Nullable Statement text() {
            return script == null || statement < 0 ? null : script.statements().get(statement);
        }
    }

    PlanText {
        places = List.copyOf(places);
    }

    /** The first statement of a script; null if there is none. */
    @Nullable Place firstOfScripts() {
        return places.stream()
                .filter(place -> place.script() != null)
                .findFirst()
                .orElse(null);
    }

    /** Whether the transaction is committed when this many statements are completed. */
    boolean isCommitted(int completed) {
        return completed >= places.size();
    }

    /** The statement that failed when this many statements are completed, and the transaction is not committed. */
    Place after(int completed) {
        return places.get(completed);
    }
}
