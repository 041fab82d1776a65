package io.tenantry.worker.engine.history;

import io.tenantry.worker.engine.catalog.MigrationCatalog;
import io.tenantry.worker.engine.catalog.MigrationCatalog.Migration;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.api.MigrationVersion;

/** What a home has had applied, compared with its catalog. */
public final class HomeFingerprint {
    private HomeFingerprint() {}

    /**
     * The catalog's fingerprint for the version of the home. Empty unless the home has had everything up to that version:
     * also if it has scripts that the catalog does not have, if one was left out, or if it has no version.
     *
     * @param migrations of the catalog, with the checksums that they have for this home
     */
    public static Optional<String> of(MigrationCatalog catalog, List<Migration> migrations, History history) {
        Optional<MigrationVersion> version = history.current();
        if (version.isEmpty()) {
            return Optional.empty();
        }
        MigrationState state = MigrationState.of(
                migrations, history.withoutFailures(catalog.plans().outside().keySet()), version.get(), true);
        return state instanceof MigrationState.UpToDate
                ? catalog.versionFingerprints().of(version.get())
                : Optional.empty();
    }
}
