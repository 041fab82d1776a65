package io.tenantry.worker.step;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.history.MigrationResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result of a step. */
public sealed interface StepResult {
    /** The step changed the home; the next step runs. */
    record Done() implements StepResult {}

    /** The step had nothing to do; the next step runs. */
    record AlreadyDone() implements StepResult {}

    /**
     * The home is at its version; the next step runs.
     *
     * @param from the version before; null if there was none
     * @param to the version now; null if there is none
     * @param applied versions in order; empty if there was nothing to do
     * @param fingerprint of what the home has had applied; null if that is not known
     */
    record Migrated(
            @Nullable String from,
            @Nullable String to,
            List<String> applied,
            @Nullable String fingerprint) implements StepResult {}

    /** Another attempt would not help; the next steps do not run. The components are as in {@link Migrated}. */
    record Refused(@Nullable String from, @Nullable String to, List<String> applied, ResultError error)
            implements StepResult {
        /** A refusal of a step that brings a home to no version. */
        public static Refused of(ResultError error) {
            return new Refused(null, null, List.of(), error);
        }
    }

    /** A worker of another release may be able to do it: the request waits for a while, and then fails. */
    record NotYet(@Nullable String from, ResultError error) implements StepResult {}

    /** The result of the engine, as the result of the last step. */
    static StepResult of(MigrationResult result) {
        if (result instanceof MigrationResult.Migrated migrated) {
            return new Migrated(migrated.from(), migrated.to(), migrated.applied(), migrated.fingerprint());
        }
        if (result instanceof MigrationResult.Failed failed) {
            return new Refused(failed.from(), failed.to(), failed.applied(), failed.error());
        }
        MigrationResult.TargetUnknown unknown = (MigrationResult.TargetUnknown) result;
        return new NotYet(unknown.from(), unknown.error());
    }
}
