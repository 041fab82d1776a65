package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.EncodedEvent;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventCodec;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.TenantResult;
import org.jspecify.annotations.Nullable;

/**
 * The end of an attempt of a rollout.
 *
 * @param requestId {@code ce_id} of its request, whose source is the group's
 * @param state any but {@link MemberState#PENDING}
 * @param code why it failed or was skipped; null otherwise
 */
public record RolloutAnswer(
        String requestId, MemberState state, @Nullable ErrorCode code) {
    /** What the result of a request means for the rollout that sent it. */
    public static RolloutAnswer of(RequestRef request, TenantResult result) {
        MemberState state = switch (result.outcome()) {
            case COMPLETED -> MemberState.COMPLETED;
            case UP_TO_DATE -> MemberState.UP_TO_DATE;
            case FAILED -> MemberState.FAILED;
            case SKIPPED -> MemberState.SKIPPED;
            case NOT_ATTEMPTED -> throw new IllegalArgumentException("no result of a request is not-attempted");
        };
        return new RolloutAnswer(
                request.id(),
                state,
                result.error() == null ? null : result.error().code());
    }

    /** The same of a result as the ledger has it. */
    public static RolloutAnswer of(RequestRef request, EncodedEvent result) {
        return of(request, new EventCodec().decodeData(result.data(), TenantResult.class));
    }
}
