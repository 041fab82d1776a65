package io.tenantry.worker.operator.fleet;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.registry.overview.AnsweredRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The request that failed last.
 *
 * @param rollout that it was part of; null if of none
 * @param at when it was recorded
 */
public record Failure(RequestRef request, @Nullable String rollout, ResultError error, Instant at) {
    static Failure of(AnsweredRequest answered) {
        TenantResult result = answered.result();
        @Nullable ResultError error = result.error();
        return new Failure(
                result.request(),
                result.rollout(),
                error == null ? ResultError.of(ErrorCode.INTERNAL, "the result has no error") : error,
                answered.finishedAt());
    }
}
