package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.Constraint;
import io.tenantry.worker.engine.hazard.Measurement.Domain;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hazards of indexes, constraints, partitions and domains of one statement.
 *
 * @param retyped tables of which the statement changes a column's type: their constraints and indexes are made again by that
 */
record KeyHazards(StatementChanges changes, Set<Long> retyped) {
    void find(BiConsumer<HazardKind, String> found) {
        newIndexes(found);
        goneIndexes(found);
        rebuiltIndexes(found);
        for (long number : new TreeSet<>(changes.after().constraints().keySet())) {
            constraint(
                    number, Objects.requireNonNull(changes.after().constraints().get(number)), found);
        }
        partitions(found);
        domains(found);
    }

    private void newIndexes(BiConsumer<HazardKind, String> found) {
        new TreeMap<>(changes.after().indexes()).forEach((index, table) -> {
            if (changes.inUse().has(table)
                    && !changes.before().indexes().containsKey(index)
                    && !changes.after().isOfConstraint(index)
                    && !retyped.contains(table)
                    && !belongsToNew(index)
                    && !isEmpty(index)) {
                found.accept(
                        HazardKind.REQUIRE_CONCURRENT_INDEX_CREATION,
                        "index " + changes.name(index) + " is built on " + changes.name(table) + " while "
                                + changes.who(table) + " wait");
            }
        });
    }

    /** Whether the index is that of a partition, for a new index of the partitioned table. */
    private boolean belongsToNew(long index) {
        @Nullable Long parent = changes.after().parents().get(index);
        return parent != null && !changes.before().indexes().containsKey(parent);
    }

    /** Whether it is that of a partitioned table alone (ON ONLY): then nothing is built. */
    private boolean isEmpty(long index) {
        return Objects.requireNonNull(changes.after().relations().get(index))
                        .kind()
                        .equals("I")
                && changes.after().parents().entrySet().stream()
                        .noneMatch(child -> child.getValue() == index
                                && !changes.before().indexes().containsKey(child.getKey()));
    }

    private void goneIndexes(BiConsumer<HazardKind, String> found) {
        new TreeMap<>(changes.before().indexes()).forEach((index, table) -> {
            if (changes.inUse().has(table)
                    && changes.after().relations().containsKey(table)
                    && !changes.after().indexes().containsKey(index)
                    && !changes.before().isOfConstraint(index)
                    && !changes.before().parents().containsKey(index)
                    && !retyped.contains(table)
                    && !losesColumn(table)) {
                found.accept(
                        HazardKind.REQUIRE_CONCURRENT_INDEX_DELETION,
                        "index " + changes.name(index) + " of " + changes.name(table)
                                + " is dropped under a lock that keeps " + changes.who(table)
                                + " of the table out until the script ends");
            }
        });
    }

    private boolean losesColumn(long table) {
        return changes.before().columns().entrySet().stream()
                .filter(one ->
                        one.getKey().relation() == table && !one.getValue().dropped())
                .map(one -> changes.after().columns().get(one.getKey()))
                .anyMatch(after -> after != null && after.dropped());
    }

    private void rebuiltIndexes(BiConsumer<HazardKind, String> found) {
        new TreeMap<>(changes.before().indexes()).forEach((index, table) -> {
            if (changes.inUse().has(table)
                    && changes.hasOtherFile(index)
                    && !changes.isRewritten(table)
                    && !retyped.contains(table)) {
                found.accept(
                        HazardKind.REQUIRE_CONCURRENT_REINDEX,
                        "index " + changes.name(index) + " of " + changes.name(table) + " is built again while "
                                + changes.who(table) + " wait");
            }
        });
    }

    private void constraint(long number, Constraint constraint, BiConsumer<HazardKind, String> found) {
        @Nullable Constraint before = changes.before().constraints().get(number);
        boolean isNew = before == null;
        long table = constraint.relation();
        if (!changes.inUse().has(table)
                || constraint.parent() != 0
                || (isNew && retyped.contains(table) && changes.hadConstraint(constraint))) {
            return;
        }
        String name = constraint.name() + " of " + changes.name(table);
        if (constraint.hasOwnIndex()) {
            if (isNew && !changes.before().indexes().containsKey(constraint.index()) && !isEmpty(constraint.index())) {
                found.accept(
                        constraint.type().equals("x")
                                ? HazardKind.ADDING_EXCLUSION_CONSTRAINT
                                : HazardKind.DISALLOWED_UNIQUE_CONSTRAINT,
                        "constraint " + name + " is new and builds its index while " + changes.who(table) + " wait");
            }
        } else if (isValidatedUnderLock(constraint, before)) {
            validated(constraint, !isNew, name, found);
        }
    }

    /** A later script that validates a constraint holds a lock that keeps nobody out. */
    private boolean isValidatedUnderLock(Constraint constraint, @Nullable Constraint before) {
        long table = constraint.relation();
        return constraint.valid()
                && (before == null || !before.valid())
                && (constraint.type().equals("f") ? changes.isRead(table) : changes.isScanned(table))
                && changes.after().lock(table).isAtLeast(Lock.SHARE)
                && (before == null
                        || !changes.lockedAtStart(table)
                        || changes.isLockedByScript(table, changes.before()));
    }

    /** @param wasThere if not, the column that becomes NOT NULL is a hazard of its own */
    private void validated(Constraint constraint, boolean wasThere, String name, BiConsumer<HazardKind, String> found) {
        String who = changes.who(constraint.relation());
        if (constraint.type().equals("f")) {
            found.accept(
                    HazardKind.ADDING_FOREIGN_KEY_CONSTRAINT,
                    "foreign key " + name + " is checked for all rows while " + who + " of the table, and writers of "
                            + constraint.referenced() + ", wait");
        } else if (constraint.type().equals("c")) {
            found.accept(
                    HazardKind.CONSTRAINT_MISSING_NOT_VALID,
                    "check " + name + " is checked for all rows while " + who + " wait");
        } else if (constraint.type().equals("n") && wasThere) {
            found.accept(
                    HazardKind.ADDING_NOT_NULLABLE_FIELD,
                    "NOT NULL constraint " + name + " is checked for all rows while " + who + " wait");
        }
    }

    private void partitions(BiConsumer<HazardKind, String> found) {
        for (Map.Entry<Long, Long> child : new TreeMap<>(changes.after().parents()).entrySet()) {
            long table = child.getKey();
            if (changes.before().parents().containsKey(table)
                    || changes.after().indexes().containsKey(table)) {
                continue;
            }
            if (isThere(table) && changes.isScanned(table)) {
                found.accept(
                        HazardKind.ATTACHING_PARTITION,
                        "table " + changes.name(table)
                                + " becomes a partition: readers and writers wait while all its rows" + " are read");
            }
            otherPartitions(table, child.getValue())
                    .filter(changes::isScanned)
                    .forEach(other -> found.accept(
                            HazardKind.ATTACHING_PARTITION,
                            "table " + changes.name(table) + " becomes a partition: readers and writers of "
                                    + changes.name(other)
                                    + " wait while all its rows are read, since some may belong to the new one"));
        }
    }

    private boolean isThere(long table) {
        return changes.inUse().has(table) && changes.start().relations().containsKey(table);
    }

    private Stream<Long> otherPartitions(long table, long parent) {
        return changes.before().parents().entrySet().stream()
                .filter(one -> one.getValue() == parent && one.getKey() != table)
                .map(Map.Entry::getKey)
                .filter(this::isThere)
                .sorted();
    }

    private void domains(BiConsumer<HazardKind, String> found) {
        new TreeMap<>(changes.after().domains()).forEach((number, domain) -> {
            @Nullable Domain before = changes.before().domains().get(number);
            if (before == null
                    || ((!domain.notNull() || before.notNull())
                            && before.valid().containsAll(domain.valid()))) {
                return;
            }
            changes.tablesBefore().forEach((table, relation) -> {
                if (!changes.after().parents().containsKey(table)
                        && changes.isScanned(table)
                        && changes.isLockedWithin(table, Lock.SHARE)) {
                    found.accept(
                            HazardKind.BAN_ALTER_DOMAIN_WITH_ADD_CONSTRAINT,
                            "domain " + domain.name() + " gets a valid constraint: writers of " + relation.name()
                                    + " wait while all its rows are read");
                }
            });
        });
    }
}
