package io.tenantry.worker.rollout;

import io.tenantry.contracts.RolloutCounts;
import io.tenantry.worker.registry.rollout.NewMember;
import io.tenantry.worker.registry.rollout.WaveRow;
import java.util.List;

/**
 * The waves of a rollout and their members.
 *
 * @param waves in their order
 * @param members each in exactly one wave
 * @param upToDate selected tenants that a request is not sent to
 */
record WavePlan(List<WaveRow> waves, List<NewMember> members, int upToDate) {
    WavePlan {
        waves = List.copyOf(waves);
        members = List.copyOf(members);
    }

    /** Over the whole rollout, before anything was sent. */
    RolloutCounts counts() {
        return new RolloutCounts(members.size() + upToDate, 0, upToDate, 0, 0);
    }
}
