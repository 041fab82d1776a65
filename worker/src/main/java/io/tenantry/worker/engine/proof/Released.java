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
 * @param remark what is to be said of the comparison
 */
public record Released(MigrationCatalog now, MigrationCatalog released, Optional<Finding> remark) {
    public Released(MigrationCatalog now, MigrationCatalog released) {
        this(now, released, Optional.empty());
    }

    /**
     * The same where nothing is released.
     *
     * @param missing why
     * @param former a folder of the revision that has some of the scripts
     */
    public Released withNothing(String missing, Optional<String> former) {
        return new Released(
                now,
                released,
                Optional.of(former.map(
                                folder -> Finding.warning(
                                        "not-compared",
                                        null,
                                        null,
                                        missing + ", and has scripts of the same names in " + folder
                                                + ": if they were moved, check that revision out and give --against the folder"))
                        .orElseGet(() -> Finding.note(
                                "not-compared",
                                null,
                                missing + ": nothing of them is released, and nothing is in use"))));
    }

    /** The names of migrations that are as they were released; in Java, those up to the newest released version. */
    public Set<String> scripts() {
        Set<String> same = new HashSet<>();
        for (Migration old : released.migrations()) {
            find(old)
                    .filter(one -> Objects.equals(one.checksum(), old.checksum()) && isSame(one, old))
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
        List<Finding> findings = new ArrayList<>(remark.stream().toList());
        for (Migration old : released.migrations()) {
            Optional<Migration> found = find(old);
            if (found.isEmpty()) {
                findings.add(gone(old));
            } else if (!Objects.equals(found.get().checksum(), old.checksum())) {
                findings.add(edited(found.get()));
            } else if (!isSame(found.get(), old)) {
                findings.add(renamed(old, found.get()));
            }
        }
        findings.addAll(late());
        return findings;
    }

    /** Whether homes that have had the released scripts can be made by those of now. */
    public boolean isIntact() {
        return findings().stream().noneMatch(finding -> finding.severity() == Severity.ERROR);
    }

    private Optional<Migration> find(Migration old) {
        return now.migrations().stream()
                .filter(one -> old.version() == null
                        ? one.version() == null && one.description().equals(old.description())
                        : old.version().equals(one.version()) && old.isBaseline() == one.isBaseline())
                .findFirst();
    }

    /** Whether the history shows no difference but in the checksum. */
    private static boolean isSame(Migration one, Migration old) {
        return one.description().equals(old.description()) && one.type().equals(old.type());
    }

    private static Finding gone(Migration old) {
        return old.version() == null
                ? Finding.note(
                        "gone",
                        old.script(),
                        "it is released and is gone: what it has made stays in the homes that have had it, and new homes do"
                                + " not get it; drop it in a new script with a version")
                : Finding.error(
                        "gone",
                        old.script(),
                        null,
                        "it is released and is gone: tenants that have had it are not upgraded any more; put it back, and"
                                + " undo what it does in a new script");
    }

    private static Finding renamed(Migration old, Migration script) {
        return Finding.error(
                "edited",
                script.script(),
                null,
                "it is released as " + old.script() + ", and the history of tenants has its description (\""
                        + old.description() + "\") and type (" + old.type()
                        + "): they are not upgraded any more (checksum-mismatch); give it the old name back");
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
