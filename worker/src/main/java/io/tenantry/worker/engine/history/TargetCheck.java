package io.tenantry.worker.engine.history;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.catalog.MigrationCatalog;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/** Checks whether a home may be brought to a target. */
public final class TargetCheck {
    private TargetCheck() {}

    /**
     * Says why a home may not be brought to the target; empty if it may.
     *
     * @param current the home's version; empty if it has none
     */
    public static Optional<MigrationResult> refuse(
            MigrationCatalog catalog, Target target, Optional<MigrationVersion> current) {
        if (!(target instanceof Target.Version version)) {
            return Optional.empty();
        }
        return refuse(catalog, version.version(), current);
    }

    private static Optional<MigrationResult> refuse(
            MigrationCatalog catalog, String wanted, Optional<MigrationVersion> current) {
        MigrationVersion version = MigrationVersion.fromVersion(wanted);
        @Nullable String from = current.map(MigrationVersion::getVersion).orElse(null);
        if (current.isPresent() && current.get().compareTo(version) > 0) {
            return Optional.of(new MigrationResult.Failed(
                    from,
                    from,
                    List.of(),
                    ResultError.of(
                            ErrorCode.TARGET_BEHIND,
                            "the target is " + wanted + ", and database " + catalog.database() + " is at " + from
                                    + " already; nothing was done: Tenantry does not go back, publish a target of at least "
                                    + from)));
        }
        if (current.isPresent() && current.get().equals(version) && !catalog.has(wanted)) {
            // A newer release brought it there.
            return Optional.of(new MigrationResult.Migrated(from, from, List.of(), null));
        }
        if (!catalog.has(wanted)) {
            return Optional.of(new MigrationResult.TargetUnknown(
                    from,
                    ResultError.of(
                            ErrorCode.TARGET_UNKNOWN,
                            "the migrations of database " + catalog.database() + " have no version " + wanted
                                    + "; the newest is " + catalog.head().orElse("none")
                                    + "; nothing was done: deploy the release that has it, then publish again")));
        }
        return Optional.empty();
    }
}
