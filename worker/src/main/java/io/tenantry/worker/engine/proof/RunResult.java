package io.tenantry.worker.engine.proof;

import io.tenantry.contracts.ResultError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a run over the migrations of one path.
 *
 * @param states after each migration, as far as the run came
 * @param failure why Flyway could not go on; null if it could
 */
record RunResult(List<SchemaState> states, @Nullable ResultError failure) {
    RunResult {
        states = List.copyOf(states);
    }

    static RunResult of(List<SchemaState> states) {
        return new RunResult(states, null);
    }
}
