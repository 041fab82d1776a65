package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.Relation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hazards of one statement that reads or changes rows of tables in use, while the script keeps others out of one. */
record RowsUnderLock(StatementChanges changes, Scans scans) {
    /** Rows of the locked table itself are changed; the statement may have taken the lock, as a DO block does. */
    void changed(Findings findings) {
        changes.tablesBefore().forEach((number, before) -> {
            @Nullable Relation after = changes.after().relations().get(number);
            if (before.isTable()
                    && after != null
                    && after.changes() > before.changes()
                    && changes.isLockedByScript(number, changes.after())) {
                findings.add(
                        HazardKind.BACKFILL_UNDER_LOCK,
                        number,
                        "rows of " + before.name() + " are changed in the transaction that keeps " + changes.who(number)
                                + " of the table out");
            }
        });
    }

    /**
     * Rows are read, whether one of them fits or not: those of a locked table, or of another one while a statement before keeps
     * a table locked. What another hazard says is read is not named twice.
     */
    void read(Findings findings) {
        if (!changes.after().countsScans()) {
            return;
        }
        Map<Long, Relation> tables = changes.tablesBefore();
        List<Long> locked = tables.keySet().stream()
                .filter(number -> changes.isLockedByScript(number, changes.before()))
                .toList();
        tables.forEach((number, table) -> {
            @Nullable Long parent = changes.before().parents().get(number);
            if ((parent != null && tables.containsKey(parent))
                    || !scans.isRead(number)
                    || findings.explainReading(number)) {
                return;
            }
            if (table.isTable() && changes.isLockedByScript(number, changes.after())) {
                findings.add(HazardKind.BACKFILL_UNDER_LOCK, number, sentence(table, number));
            } else if (!locked.isEmpty()) {
                findings.add(HazardKind.BACKFILL_UNDER_LOCK, number, sentence(table, locked.get(0)));
            }
        });
    }

    private String sentence(Relation table, long locked) {
        return "rows of " + table.name() + " are read while " + changes.who(locked) + " of " + changes.name(locked)
                + " wait for the script to end";
    }
}
