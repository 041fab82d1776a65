package io.tenantry.worker.operator.fleet;

import io.tenantry.worker.registry.overview.GroupMember;
import io.tenantry.worker.registry.rollout.RolloutView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole fleet.
 *
 * @param group the consumer group
 * @param tenants that are registered
 * @param failed tenants whose last request failed; some of them are not registered because of it
 * @param drifted homes, shared databases included, that were seen to differ from what their migrations make
 * @param homes by database, newest version first
 * @param workers of the group, and commands that work beside them
 * @param rollouts those that have not ended
 */
public record FleetStatus(
        String group,
        long tenants,
        long failed,
        long drifted,
        List<Homes> homes,
        List<Home> sharedDatabases,
        List<String> failedSharedDatabases,
        List<GroupMember> workers,
        List<RolloutView> rollouts) {

    /**
     * Homes in the same condition.
     *
     * @param version null if no migration was applied
     * @param head the newest version that a worker has; null if that is not known
     */
    public record Homes(
            String database,
            @Nullable String version,
            UpgradeState state,
            @Nullable String head,
            long tenants) {}

    /** How many homes lack migrations that a worker has; shared databases are left out. */
    public long behind() {
        return homes.stream()
                .filter(home -> home.state() == UpgradeState.BEHIND)
                .mapToLong(Homes::tenants)
                .sum();
    }

    /** How many tenants and shared databases have an unanswered request of a rollout. */
    public int inFlight() {
        return rollouts.stream()
                .mapToInt(rollout -> rollout.counts().inFlight())
                .sum();
    }
}
