package io.tenantry.worker.engine.proof;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.engine.proof.Finding.Severity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.api.MigrationVersion;

/**
 * Compares migrations with those that tenants have had. Immutable.
 *
 * @param now what is to be released
 * @param released what is; without migrations in Java
 */
public record Released(MigrationCatalog now, MigrationCatalog released) {
    /** The names of migrations that are as they were released; in Java, those up to the newest released version. */
    public Set<String> scripts() {
        Set<String> same = new HashSet<>();
        for (Migration old : released.migrations()) {
            find(old)
                    .filter(one -> Objects.equals(one.checksum(), old.checksum()))
                    .ifPresent(one -> same.add(one.script()));
        }
        Optional<MigrationVersion> head = head();
        now.migrations().stream()
                .filter(one -> !isScript(one) && one.version() != null && head.isPresent())
                .filter(one -> Objects.requireNonNull(one.version()).compareTo(head.get()) <= 0)
                .forEach(one -> same.add(one.script()));
        return same;
    }

    /** Migrations in Java lie in no folder, so nobody knows which of them are released. */
    private static boolean isScript(Migration migration) {
        return migration.type().startsWith("SQL");
    }

    private Optional<MigrationVersion> head() {
        return released.migrations().stream()
                .map(Migration::version)
                .filter(Objects::nonNull)
                .max(MigrationVersion::compareTo);
    }

    /** Scripts that were edited, are gone, or come too late. */
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        for (Migration old : released.migrations()) {
            Optional<Migration> found = find(old);
            if (found.isEmpty()) {
                findings.add(new Finding(
                        Severity.ERROR,
                        "gone",
                        old.script(),
                        null,
                        "it is released and is gone: tenants that have had it are not upgraded any more; put it back, and"
                                + " undo what it does in a new script"));
            } else if (!Objects.equals(found.get().checksum(), old.checksum())) {
                findings.add(edited(found.get()));
            }
        }
        findings.addAll(late());
        return findings;
    }

    private Optional<Migration> find(Migration old) {
        return now.migrations().stream()
                .filter(one -> old.version() == null
                        ? one.version() == null && one.description().equals(old.description())
                        : old.version().equals(one.version()) && old.isBaseline() == one.isBaseline())
                .findFirst();
    }

    private static Finding edited(Migration script) {
        return script.version() == null
                ? new Finding(
                        Severity.NOTE,
                        "edited",
                        script.script(),
                        null,
                        "it is edited, so each tenant gets it once more")
                : new Finding(
                        Severity.ERROR,
                        "edited",
                        script.script(),
                        null,
                        "it is released and was edited: tenants that have had it are not upgraded any more"
                                + " (checksum-mismatch); put the old text back, and make the change in a new script");
    }

    /** New versions below the highest one that is released: tenants at that one never get them. */
    private List<Finding> late() {
        Optional<MigrationVersion> head = head();
        if (head.isEmpty() || now.isOutOfOrder()) {
            return List.of();
        }
        Set<MigrationVersion> known = new HashSet<>();
        released.migrations().forEach(old -> {
            if (old.version() != null) {
                known.add(old.version());
            }
        });
        return now.migrations().stream()
                .filter(one -> one.version() != null
                        && isScript(one)
                        && !one.isBaseline()
                        && !known.contains(one.version())
                        && one.version().compareTo(head.get()) < 0)
                .map(one -> new Finding(
                        Severity.ERROR,
                        "below-released",
                        one.script(),
                        null,
                        "it is new, and its version is below " + head.get().getVersion()
                                + ", which is released: tenants at that version are not upgraded any more; give it a higher"
                                + " version, or set out-of-order"))
                .toList();
    }
}
