package io.tenantry.worker.registry.rollout;

import io.tenantry.contracts.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The end of an attempt of a rollout.
 *
 * @param requestId {@code ce_id} of its request, whose source is the group's
 * @param state any but {@link MemberState#PENDING}
 * @param code why it failed or was skipped; null otherwise
 */
public record RolloutAnswer(
        String requestId, MemberState state, @Nullable ErrorCode code) {}
