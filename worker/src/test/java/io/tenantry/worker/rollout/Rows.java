package io.tenantry.worker.rollout;

import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.RolloutCounts;
import io.tenantry.contracts.RolloutRequestRef;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.worker.registry.rollout.RolloutRow;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.WaveRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Rows as the registry would have them. */
final class Rows {
    private Rows() {}

    static RolloutRow in(RolloutState state) {
        return new RolloutRow(
                "r1",
                "group",
                0,
                state,
                1,
                new RolloutRequested("r1", List.of(), "latest", List.of(), HaltRule.FIRST_FAILURE),
                new RolloutRequestRef("1", "/test"),
                null,
                Map.of(),
                10,
                1,
                0,
                0,
                0,
                null,
                null,
                null,
                Instant.EPOCH);
    }

    static WaveRow wave(int number, int members, int counted) {
        return new WaveRow(
                number,
                null,
                Duration.ZERO,
                false,
                members,
                0,
                new RolloutCounts(members, 0, 0, counted, 0),
                counted,
                false);
    }
}
