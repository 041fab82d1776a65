package io.tenantry.worker.engine.hazard;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one statement of a script does to a table in use.
 *
 * @param line of the file where the statement begins; null if unknown
 * @param table its name; null if it is about something else, or about several
 * @param what the fact that was measured, as a sentence without its full stop
 */
public record Hazard(
        HazardKind kind, @Nullable Integer line, @Nullable String table, String what) {
    private static final Set<HazardKind> REWRITES = EnumSet.of(
            HazardKind.CHANGING_COLUMN_TYPE, HazardKind.ADDING_FIELD_WITH_DEFAULT, HazardKind.TRUNCATING_TABLE);

    /** One that is not about one table. */
    public Hazard(HazardKind kind, @Nullable Integer line, String what) {
        this(kind, line, null, what);
    }

    /**
     * Whether another one, measured on the same home, tells the same: of the same table, or in the same words. A rewritten table
     * may have been rewritten by what the other one names.
     */
    public boolean isToldBy(Hazard other) {
        boolean isSameKind = kind == other.kind || (kind == HazardKind.TABLE_REWRITE && REWRITES.contains(other.kind));
        return isSameKind && (table == null ? what.equals(other.what) : table.equals(other.table));
    }

    /** For people: the fact, what to do instead, and how to acknowledge it. */
    public String sentence() {
        return sentence("");
    }

    /** The same with the place of the comment that acknowledges it; empty if that is the script itself. */
    public String sentence(String place) {
        return what + ": " + kind.saferWay() + "; or, in a script that is not released, write -- tenantry:allow "
                + kind.id() + " <why>" + place;
    }
}
