package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.TenantResult;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A tenant or shared database of a rollout whose latest attempt failed.
 *
 * @param key the tenant, or the shared database
 * @param attempt from 1
 * @param requestId of the attempt
 * @param code stable name of the error
 * @param counted whether it counts towards the halt
 * @param dead whether its request became a dead letter; then there is no result
 * @param result from the ledger; null if it has none
 */
public record FailedMember(
        String key,
        boolean shared,
        int wave,
        int attempt,
        String requestId,
        String code,
        boolean counted,
        boolean dead,
        @Nullable Instant endedAt,
        @Nullable TenantResult result) {

    /** What decided the result; null if there is none. */
    public @Nullable ResultError error() {
        return result == null ? null : result.error();
    }

    /** The database in which it failed; null if it is not known. */
    public @Nullable String database() {
        return result == null
                ? null
                : result.databases().stream()
                        .filter(home -> home.outcome() == Outcome.FAILED)
                        .map(DatabaseResult::database)
                        .findFirst()
                        .orElse(null);
    }
}
