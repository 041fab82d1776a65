package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.Relation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds hazards in what one statement of an open transaction has changed. The text of the statement is not read, so a DO
 * block or a function that does the same is found too. For one script; immutable.
 */
public final class HazardFinder {
    private final Measurement start;
    private final Known inUse;

    /**
     * @param start measured in the transaction of the script, before its first statement
     * @param inUse the tables and columns that count; others are the business of nobody yet
     */
    public HazardFinder(Measurement start, Known inUse) {
        this.start = start;
        this.inUse = inUse.and(start.known());
    }

    /**
     * The hazards of one statement.
     *
     * @param before measured before it
     * @param after measured after it, in the same transaction
     * @param line where it begins; null if unknown
     */
    public List<Hazard> find(Measurement before, Measurement after, @Nullable Integer line) {
        return find(new StatementChanges(start, inUse, before, after, false), line);
    }

    private static List<Hazard> find(StatementChanges changes, @Nullable Integer line) {
        Findings findings = new Findings(changes, line);
        Scans scans = new Scans(changes);
        FileChanges files = new FileChanges(changes);
        RewriteHazards rewrites = new RewriteHazards(changes, findings, scans, files);
        rewrites.types();
        new ColumnHazards(changes, scans, files).find(findings);
        rewrites.newColumns();
        tables(changes, findings);
        rewrites.tables();
        new KeyHazards(changes, scans, files, new Remade(changes)).find(findings);
        new PartitionHazards(changes).find(findings);
        new DomainHazards(changes).find(findings);
        if (!changes.isCommitted()) {
            RowsUnderLock rows = new RowsUnderLock(changes, scans);
            rows.changed(findings);
            rows.read(findings);
        }
        return findings.all();
    }

    /**
     * The hazards of statements that were committed, of whose locks and scans nothing is known any more. Indexes that came or
     * went may have done so CONCURRENTLY.
     */
    public List<Hazard> findCommitted(Measurement before, Measurement after) {
        return find(new StatementChanges(start, inUse, before, after, true), null);
    }

    /**
     * What only the end of a script shows: a view that is gone and not made again, or row security without a policy.
     *
     * @param end measured after the last statement
     */
    public List<Hazard> atEnd(Measurement end) {
        return new EndOfScript(start, inUse, end).hazards();
    }

    /** Those of these hazards that the end of the script does not take back. */
    public List<Hazard> withoutReplaced(List<Hazard> found, Measurement end) {
        return new EndOfScript(start, inUse, end).withoutReplaced(found);
    }

    private static void tables(StatementChanges changes, Findings findings) {
        changes.tablesBefore().forEach((number, before) -> {
            @Nullable Relation after = changes.after().relations().get(number);
            if (before.isTable() && after == null) {
                findings.add(
                        HazardKind.BAN_DROP_TABLE,
                        number,
                        "table " + before.name() + " is dropped; programs of the last release may use it");
            } else if (before.isTable() && after != null && !before.name().equals(after.name())) {
                findings.add(
                        HazardKind.RENAMING_TABLE,
                        number,
                        "table " + before.name() + " gets the name " + after.name()
                                + "; programs of the last release use the old one");
            }
        });
    }
}
