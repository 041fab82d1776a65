package io.tenantry.worker.step;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.engine.history.MigrationResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result of a step. */
public sealed interface StepResult {
    /** The home was changed; go on. */
    record Done() implements StepResult {}

    /** Nothing was to be done; go on. */
    record AlreadyDone() implements StepResult {}

    /**
     * The home is at its version; go on.
     *
     * @param from the version before; null if there was none
     * @param to the version now; null if there is none
     * @param applied versions in order; empty if nothing was to be done
     */
    record Migrated(@Nullable String from, @Nullable String to, List<String> applied) implements StepResult {}

    /** Trying again cannot help; the steps after it do not run. The components are as in {@link Migrated}. */
    record Refused(@Nullable String from, @Nullable String to, List<String> applied, ResultError error)
            implements StepResult {
        /** A refusal of a step that brings a home to no version. */
        public static Refused of(ResultError error) {
            return new Refused(null, null, List.of(), error);
        }
    }

    /** Another release may be able to: worth waiting a while, then it is refused. */
    record NotYet(@Nullable String from, ResultError error) implements StepResult {}

    /** What the engine says, as the end of a list of steps. */
    static StepResult of(MigrationResult result) {
        if (result instanceof MigrationResult.Migrated migrated) {
            return new Migrated(migrated.from(), migrated.to(), migrated.applied());
        }
        if (result instanceof MigrationResult.Failed failed) {
            return new Refused(failed.from(), failed.to(), failed.applied(), failed.error());
        }
        MigrationResult.TargetUnknown unknown = (MigrationResult.TargetUnknown) result;
        return new NotYet(unknown.from(), unknown.error());
    }
}
