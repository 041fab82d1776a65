package io.tenantry.worker.engine.catalog;

import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import io.tenantry.worker.postgres.Sha256;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/**
 * For each version of a catalog, a fingerprint of what a home has had applied when it was brought there: all migrations up to
 * this version, and all repeatable ones, which Flyway applies whatever the target is. Two catalogs have the same
 * fingerprint for a version if a home that one of them brought there has nothing pending for the other, as Flyway compares them.
 * So it counts what Flyway validates: version, description, type and checksum; of repeatable scripts the checksum before
 * placeholders are replaced, which is the same for all homes. Immutable.
 */
public final class VersionFingerprints {
    /** So many bytes of a digest are enough to tell apart what a fleet has had in its life. */
    private static final int BYTES = 8;

    private final Map<MigrationVersion, String> fingerprints;

    private VersionFingerprints(Map<MigrationVersion, String> fingerprints) {
        this.fingerprints = fingerprints;
    }

    /** @param migrations in Flyway's order */
    static VersionFingerprints of(List<Migration> migrations, Scripts scripts) {
        StringBuilder repeatable = new StringBuilder();
        Map<MigrationVersion, StringBuilder> versioned = new TreeMap<>();
        for (Migration migration : migrations) {
            @Nullable MigrationVersion version = migration.version();
            StringBuilder text =
                    version == null ? repeatable : versioned.computeIfAbsent(version, first -> new StringBuilder());
            append(text, migration, scripts);
        }
        Map<MigrationVersion, String> fingerprints = new LinkedHashMap<>();
        String before = "";
        for (Map.Entry<MigrationVersion, StringBuilder> entry : versioned.entrySet()) {
            before = new Sha256().add(before).add(entry.getValue().toString()).hex();
            fingerprints.put(
                    entry.getKey(),
                    new Sha256().add(before).add(repeatable.toString()).hex(BYTES));
        }
        return new VersionFingerprints(fingerprints);
    }

    private static void append(StringBuilder text, Migration migration, Scripts scripts) {
        String script = scripts.text(migration.script());
        @Nullable Integer checksum = commonChecksum(migration, scripts);
        append(text, String.valueOf(migration.version()));
        append(text, migration.description());
        append(text, migration.type());
        append(text, String.valueOf(checksum));
        // A class has no text, and often no checksum.
        append(text, script.isEmpty() ? migration.script() : "");
    }

    /** The checksum that is the same for all homes; null if Flyway computes none. */
    static @Nullable Integer commonChecksum(Migration migration, Scripts scripts) {
        String script = scripts.text(migration.script());
        return migration.version() == null && !script.isEmpty()
                ? Integer.valueOf(FlywayEngine.checksum(script))
                : migration.checksum();
    }

    private static void append(StringBuilder text, String part) {
        text.append(part.length()).append(':').append(part);
    }

    /** By version as the names of the scripts have it, in Flyway's order; each is 16 hex digits. */
    public Map<String, String> byVersion() {
        Map<String, String> byVersion = new LinkedHashMap<>();
        fingerprints.forEach((version, fingerprint) -> byVersion.put(version.getVersion(), fingerprint));
        return Collections.unmodifiableMap(byVersion);
    }

    /** Of homes at this version, however it is written; empty if there is no migration of this version. */
    public Optional<String> of(MigrationVersion version) {
        return Optional.ofNullable(fingerprints.get(version));
    }
}
