package io.tenantry.worker.engine.hazard;

import io.tenantry.worker.engine.hazard.Measurement.ColumnKey;

/** Hazards of columns that are dropped, renamed or become NOT NULL. */
record ColumnHazards(StatementChanges changes, Scans scans, FileChanges files) {
    void find(Findings findings) {
        changes.columnsOfBoth((key, before, after) -> {
            String name = changes.word(key) + " " + changes.name(key, before);
            if (after.dropped()) {
                findings.add(
                        HazardKind.BAN_DROP_COLUMN,
                        key.relation(),
                        name + " is dropped; programs of the last release may use it");
            } else if (!before.name().equals(after.name())) {
                findings.add(
                        HazardKind.RENAMING_COLUMN,
                        key.relation(),
                        name + " gets the name " + after.name() + "; programs of the last release use the old one");
            }
        });
        changes.columnsOfTables((key, before, after) -> {
            if (!before.notNull() && after.notNull() && !isOfNewPrimaryKey(key) && isReadFor(key)) {
                notNull(key, before, findings);
            }
        });
        changes.newColumns((key, column) -> {
            if (column.notNull() && isFilledBeforeItIsNotNull(key, column)) {
                notNull(key, column, findings);
            }
        });
    }

    private boolean isReadFor(ColumnKey key) {
        return scans.isMaybeProven(key) ? scans.isScannedBeyondOthers(key.relation()) : scans.isScanned(key.relation());
    }

    /** A new column can be NOT NULL at once only by a default, which is kept for the old rows, or by a rewrite. */
    private boolean isFilledBeforeItIsNotNull(ColumnKey key, Column column) {
        return scans.isScanned(key.relation())
                && !scans.isMaybeProven(key)
                && !isOfNewPrimaryKey(key)
                && changes.family(key.relation()).anyMatch(scans::changesRows)
                && !files.isRewritten(key.relation())
                && changes.family(key.relation())
                        .flatMap(table -> StatementChanges.column(changes.after(), table, column.name()).stream())
                        .noneMatch(Column::isDefaulted);
    }

    private void notNull(ColumnKey key, Column column, Findings findings) {
        findings.add(
                HazardKind.ADDING_NOT_NULLABLE_FIELD,
                key.relation(),
                "column " + changes.name(key, column) + " becomes NOT NULL: " + changes.who(key.relation())
                        + " wait while all rows are read");
    }

    /** Whether a new primary key makes the column NOT NULL: that is a hazard of its own. */
    private boolean isOfNewPrimaryKey(ColumnKey key) {
        return changes.after().constraints().entrySet().stream()
                .anyMatch(one -> one.getValue().relation() == key.relation()
                        && one.getValue().type().equals("p")
                        && one.getValue().columns().contains(key.number())
                        && !changes.before().constraints().containsKey(one.getKey())
                        && changes.isNewIndex(one.getValue().index()));
    }
}
