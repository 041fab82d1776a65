package io.tenantry.worker.engine.hazard;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Hazards of tables that become partitions. */
record PartitionHazards(StatementChanges changes) {
    void find(Findings findings) {
        Scans scans = new Scans(changes);
        for (Map.Entry<Long, Long> child : new TreeMap<>(changes.after().parents()).entrySet()) {
            long table = child.getKey();
            if (changes.before().parents().containsKey(table)
                    || changes.after().indexes().containsKey(table)) {
                continue;
            }
            if (isThere(table) && scans.isScannedBeyondOthers(table)) {
                findings.add(
                        HazardKind.ATTACHING_PARTITION,
                        table,
                        "table " + changes.name(table)
                                + " becomes a partition: readers and writers wait while all its rows are read");
            }
            others(table, child.getValue())
                    .filter(scans::isScannedBeyondOthers)
                    .forEach(other -> findings.add(
                            HazardKind.ATTACHING_PARTITION,
                            other,
                            "table " + changes.name(table) + " becomes a partition: readers and writers of "
                                    + changes.name(other)
                                    + " wait while all its rows are read, since some may belong to the new one"));
        }
    }

    private boolean isThere(long table) {
        return changes.inUse().has(table) && changes.start().relations().containsKey(table);
    }

    private Stream<Long> others(long table, long parent) {
        return changes.before().parents().entrySet().stream()
                .filter(one -> one.getValue() == parent && one.getKey() != table)
                .map(Map.Entry::getKey)
                .filter(this::isThere)
                .sorted();
    }
}
