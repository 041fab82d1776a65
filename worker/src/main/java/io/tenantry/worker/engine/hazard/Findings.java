package io.tenantry.worker.engine.hazard;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the hazards of one statement, each with the table that it is about. For use by one thread. */
final class Findings {
    private static final Set<HazardKind> MAYBE_CONCURRENTLY =
            EnumSet.of(HazardKind.REQUIRE_CONCURRENT_INDEX_CREATION, HazardKind.REQUIRE_CONCURRENT_INDEX_DELETION);

    /** They say by themselves that rows are read under a lock. */
    private static final Set<HazardKind> READS_ROWS = EnumSet.of(
            HazardKind.REQUIRE_CONCURRENT_INDEX_CREATION,
            HazardKind.REQUIRE_CONCURRENT_REINDEX,
            HazardKind.CHANGING_COLUMN_TYPE,
            HazardKind.ADDING_NOT_NULLABLE_FIELD,
            HazardKind.CONSTRAINT_MISSING_NOT_VALID,
            HazardKind.ADDING_FOREIGN_KEY_CONSTRAINT,
            HazardKind.DISALLOWED_UNIQUE_CONSTRAINT,
            HazardKind.ADDING_EXCLUSION_CONSTRAINT,
            HazardKind.ADDING_FIELD_WITH_DEFAULT,
            HazardKind.BAN_ALTER_DOMAIN_WITH_ADD_CONSTRAINT,
            HazardKind.TABLE_REWRITE,
            HazardKind.TRUNCATING_TABLE,
            HazardKind.REQUIRE_CONCURRENT_REFRESH,
            HazardKind.ATTACHING_PARTITION,
            HazardKind.BACKFILL_UNDER_LOCK);

    private final StatementChanges changes;
    private final @Nullable Integer line;
    private final List<Hazard> all = new ArrayList<>();
    private final Set<Long> read = new HashSet<>();

    /** @param line where the statement begins; null if unknown */
    Findings(StatementChanges changes, @Nullable Integer line) {
        this.changes = changes;
        this.line = line;
    }

    /** @param table its number */
    void add(HazardKind kind, long table, String what) {
        Hazard hazard = new Hazard(kind, line, changes.name(table), what);
        if (!all.contains(hazard) && !(changes.isCommitted() && MAYBE_CONCURRENTLY.contains(kind))) {
            all.add(hazard);
            if (READS_ROWS.contains(kind)) {
                reads(table);
            }
        }
    }

    /** A hazard that was added reads rows of this table too. */
    void reads(long table) {
        read.add(table);
    }

    /** Whether a hazard says that rows of the table, of one of its partitions, or of all of its kin are read. */
    boolean explainReading(long table) {
        return read.stream()
                .anyMatch(one -> changes.isWithin(one, of -> of == table) || changes.isWithin(table, of -> of == one));
    }

    List<Hazard> all() {
        return all;
    }
}
