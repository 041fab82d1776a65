package io.tenantry.worker.rollout;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.registry.rollout.Conflict;
import io.tenantry.worker.registry.rollout.NewMember;
import io.tenantry.worker.registry.rollout.RolloutCandidates;
import io.tenantry.worker.registry.rollout.RolloutRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * A tenant is in one active rollout at a time, with each of its databases. Works in the caller's transaction, which has the
 * planning lock. Safe for use by many threads.
 */
final class Conflicts {
    private final RolloutCandidates candidates = new RolloutCandidates();

    /**
     * Looks for other active rollouts with these members.
     *
     * @param row the rollout that is to become active
     * @throws RefusedException if there is one
     */
    void refuse(Connection connection, RolloutRow row, Collection<NewMember> members)
            throws SQLException, RefusedException {
        List<Conflict> conflicts = candidates.conflicts(connection, row.rollout(), members);
        if (!conflicts.isEmpty()) {
            Conflict first = conflicts.get(0);
            throw new RefusedException(
                    ErrorCode.ROLLOUT_CONFLICT,
                    "rollout " + first.rollout() + " is active and has " + first.members() + " of the same tenants, as "
                            + first.example()
                            + "; nothing was sent: wait until it has ended, abort it, or exclude them");
        }
    }
}
