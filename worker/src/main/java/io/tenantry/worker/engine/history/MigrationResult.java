package io.tenantry.worker.engine.history;

import io.tenantry.contracts.ResultError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result of bringing one home to a version. */
public sealed interface MigrationResult {
    /**
     * The home is where it should be.
     *
     * @param from the version before; null if there was none
     * @param to the version now; null if there is none
     * @param applied versions in the order in which they were applied (the description for a repeatable one); empty if
     *     nothing was to be done
     * @param fingerprint of what the home has had applied, as the catalog has it for the version now; null if the history
     *     shows something else, as after a newer release
     */
    record Migrated(
            @Nullable String from,
            @Nullable String to,
            List<String> applied,
            @Nullable String fingerprint) implements MigrationResult {}

    /**
     * It is not, and trying again cannot help.
     *
     * @param to the version reached before the failure; null if none
     * @param applied what was applied before the failure, and stays
     */
    record Failed(@Nullable String from, @Nullable String to, List<String> applied, ResultError error)
            implements MigrationResult {}

    /** This release has no such version; another one may. */
    record TargetUnknown(@Nullable String from, ResultError error) implements MigrationResult {}
}
