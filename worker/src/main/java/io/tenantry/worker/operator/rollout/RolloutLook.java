package io.tenantry.worker.operator.rollout;

import io.tenantry.worker.registry.rollout.FailedMember;
import io.tenantry.worker.registry.rollout.InFlightMember;
import io.tenantry.worker.registry.rollout.RolloutView;
import io.tenantry.worker.registry.rollout.RolloutWait;
import java.util.List;
import java.util.Map;

/**
 * A rollout at one moment, with those of its tenants that an operator asks about.
 *
 * @param retrying how many have an attempt that {@code retry-failed} asked for, and that is not answered
 * @param failedNow how many tenants are failed, by the code of their latest attempt
 * @param failed those that failed last, newest first
 * @param inFlight those without an answer for the longest time, longest first
 * @param waits what workers say of those that run or wait for long, longest first
 */
public record RolloutLook(
        RolloutView view,
        int retrying,
        Map<String, Integer> failedNow,
        List<FailedMember> failed,
        List<InFlightMember> inFlight,
        List<RolloutWait> waits) {}
