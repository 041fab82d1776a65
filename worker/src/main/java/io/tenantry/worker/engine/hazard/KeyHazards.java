package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.Constraint;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Hazards of indexes and constraints of one statement. */
record KeyHazards(StatementChanges changes, Scans scans, FileChanges files, Remade remade) {
    void find(Findings findings) {
        newIndexes(findings);
        goneIndexes(findings);
        rebuiltIndexes(findings);
        for (long number : new TreeSet<>(changes.after().constraints().keySet())) {
            constraint(
                    number, Objects.requireNonNull(changes.after().constraints().get(number)), findings);
        }
    }

    private void newIndexes(Findings findings) {
        new TreeMap<>(changes.after().indexes()).forEach((index, made) -> {
            long table = made.table();
            if (changes.inUse().has(table)
                    && changes.isNewIndex(index)
                    && !changes.after().isOfConstraint(index)
                    && !remade.isRemade(index)
                    && !belongsToNew(index)
                    && !isEmpty(index)) {
                findings.add(
                        HazardKind.REQUIRE_CONCURRENT_INDEX_CREATION,
                        table,
                        "index " + changes.name(index) + " is built on " + changes.name(table) + " while "
                                + changes.who(table) + " wait");
            }
        });
    }

    /** Whether the index is that of a partition, for a new index of the partitioned table. */
    private boolean belongsToNew(long index) {
        @Nullable Long parent = changes.after().parents().get(index);
        return parent != null && changes.isNewIndex(parent);
    }

    /** Whether it is that of a partitioned table alone (ON ONLY): then nothing is built. */
    private boolean isEmpty(long index) {
        return Objects.requireNonNull(changes.after().relations().get(index))
                        .kind()
                        .equals("I")
                && changes.after().parents().entrySet().stream()
                        .noneMatch(child -> child.getValue() == index && changes.isNewIndex(child.getKey()));
    }

    private void goneIndexes(Findings findings) {
        new TreeMap<>(changes.before().indexes()).forEach((index, gone) -> {
            long table = gone.table();
            if (changes.inUse().has(table)
                    && changes.after().relations().containsKey(table)
                    && !changes.after().indexes().containsKey(index)
                    && !changes.before().isOfConstraint(index)
                    && !changes.before().parents().containsKey(index)
                    && !remade.isReplaced(index)) {
                findings.add(
                        HazardKind.REQUIRE_CONCURRENT_INDEX_DELETION,
                        table,
                        "index " + changes.name(index) + " of " + changes.name(table)
                                + " is dropped under a lock that keeps " + changes.who(table)
                                + " of the table out until the script ends");
            }
        });
    }

    private void rebuiltIndexes(Findings findings) {
        new TreeMap<>(changes.before().indexes()).forEach((index, was) -> {
            long table = was.table();
            if (changes.inUse().has(table) && files.hasOther(index) && !files.isRewritten(table)) {
                findings.add(
                        HazardKind.REQUIRE_CONCURRENT_REINDEX,
                        table,
                        "index " + changes.name(index) + " of " + changes.name(table) + " is built again while "
                                + changes.who(table) + " wait");
            }
        });
    }

    private void constraint(long number, Constraint constraint, Findings findings) {
        @Nullable Constraint before = changes.before().constraints().get(number);
        boolean isNew = before == null;
        long table = constraint.relation();
        if (!changes.inUse().has(table) || constraint.parent() != 0) {
            return;
        }
        if (remade.isRemade(number, constraint)) {
            // A foreign key is checked again, as the change of the type says.
            findings.reads(constraint.referencedTable());
            return;
        }
        String name = constraint.name() + " of " + changes.name(table);
        if (constraint.hasOwnIndex()) {
            if (isNew && changes.isNewIndex(constraint.index()) && !isEmpty(constraint.index())) {
                findings.add(
                        constraint.type().equals("x")
                                ? HazardKind.ADDING_EXCLUSION_CONSTRAINT
                                : HazardKind.DISALLOWED_UNIQUE_CONSTRAINT,
                        table,
                        "constraint " + name + " is new and builds its index while " + changes.who(table) + " wait");
            }
        } else if (isValidatedUnderLock(constraint, before)) {
            validated(constraint, !isNew, name, findings);
        }
    }

    /** A later script that validates a constraint holds a lock that keeps nobody out. */
    private boolean isValidatedUnderLock(Constraint constraint, @Nullable Constraint before) {
        long table = constraint.relation();
        return constraint.valid()
                && (before == null || !before.valid())
                && isReadFor(constraint)
                && changes.after().lock(table).isAtLeast(Lock.SHARE)
                && (before == null
                        || !changes.lockedAtStart(table)
                        || changes.isLockedByScript(table, changes.before()));
    }

    private boolean isReadFor(Constraint constraint) {
        if (!constraint.type().equals("f")) {
            return scans.isScanned(constraint.relation());
        }
        return scans.isOnEmptyColumn(constraint)
                ? scans.isScannedBeyondOthers(constraint.relation())
                : scans.isRead(constraint.relation());
    }

    /** @param wasThere if not, the column that becomes NOT NULL is a hazard of its own */
    private void validated(Constraint constraint, boolean wasThere, String name, Findings findings) {
        String who = changes.who(constraint.relation());
        if (constraint.type().equals("f")) {
            findings.add(
                    HazardKind.ADDING_FOREIGN_KEY_CONSTRAINT,
                    constraint.relation(),
                    "foreign key " + name + " is checked for all rows while " + who + " of the table, and writers of "
                            + constraint.referenced() + ", wait");
            findings.reads(constraint.referencedTable());
        } else if (constraint.type().equals("c")) {
            findings.add(
                    HazardKind.CONSTRAINT_MISSING_NOT_VALID,
                    constraint.relation(),
                    "check " + name + " is checked for all rows while " + who + " wait");
        } else if (constraint.type().equals("n") && wasThere) {
            findings.add(
                    HazardKind.ADDING_NOT_NULLABLE_FIELD,
                    constraint.relation(),
                    "NOT NULL constraint " + name + " is checked for all rows while " + who + " wait");
        }
    }
}
