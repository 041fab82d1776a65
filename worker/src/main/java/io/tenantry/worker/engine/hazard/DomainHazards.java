package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.Domain;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Hazards of domains that get a constraint: all rows of tables that use them are read. */
record DomainHazards(StatementChanges changes) {
    void find(Findings findings) {
        Scans scans = new Scans(changes);
        new TreeMap<>(changes.after().domains()).forEach((number, domain) -> {
            if (isConstrained(number, domain)) {
                changes.tablesBefore().forEach((table, relation) -> {
                    if (!changes.after().parents().containsKey(table)
                            && uses(table, number)
                            && scans.isScanned(table)
                            && changes.isLockedWithin(table, Lock.SHARE)) {
                        findings.add(
                                HazardKind.BAN_ALTER_DOMAIN_WITH_ADD_CONSTRAINT,
                                table,
                                "domain " + domain.name() + " gets a valid constraint: writers of " + relation.name()
                                        + " wait while all its rows are read");
                    }
                });
            }
        });
    }

    /** How many domains of the table get a constraint. */
    long constrained(long table) {
        return changes.after().domains().entrySet().stream()
                .filter(one -> isConstrained(one.getKey(), one.getValue()) && uses(table, one.getKey()))
                .count();
    }

    private boolean isConstrained(long number, Domain domain) {
        @Nullable Domain before = changes.before().domains().get(number);
        return before != null
                && ((domain.notNull() && !before.notNull()) || !before.valid().containsAll(domain.valid()));
    }

    /** Whether a column of the table or of one of its partitions has the domain, or one that is made of it. */
    private boolean uses(long table, long domain) {
        return changes.family(table)
                .anyMatch(one -> changes.before().columns().entrySet().stream()
                        .filter(column -> column.getKey().relation() == one
                                && !column.getValue().dropped())
                        .anyMatch(column -> isOf(column.getValue().typeNumber(), domain)));
    }

    private boolean isOf(long type, long domain) {
        Map<Long, Domain> domains = changes.before().domains();
        @Nullable Domain found = domains.get(type);
        return type == domain || (found != null && isOf(found.base(), domain));
    }
}
