package io.tenantry.worker.cli.fleet;

import io.tenantry.worker.limits.LimitFinding;
import io.tenantry.worker.operator.fleet.FleetStatus;
import io.tenantry.worker.operator.fleet.Home;
import io.tenantry.worker.registry.overview.GroupMember;
import io.tenantry.worker.registry.rollout.MemberCounts;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.RolloutView;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code status --json}: the fields stay as they are, new ones may come. */
record StatusJson(
        String group,
        long tenants,
        long failed,
        long behind,
        long drifted,
        int inFlight,
        List<FleetStatus.Homes> homes,
        List<Home> sharedDatabases,
        List<String> failedSharedDatabases,
        List<GroupMember> workers,
        List<Rollout> rollouts,
        @Nullable List<LimitFinding> checks) {

    record Rollout(
            String rollout,
            RolloutState state,
            Map<String, String> targets,
            int wave,
            int waves,
            MemberCounts counts) {}

    /** @param checks null if they were not asked for */
    static StatusJson of(FleetStatus status, @Nullable List<LimitFinding> checks) {
        return new StatusJson(
                status.group(),
                status.tenants(),
                status.failed(),
                status.behind(),
                status.drifted(),
                status.inFlight(),
                status.homes(),
                status.sharedDatabases(),
                status.failedSharedDatabases(),
                status.workers(),
                status.rollouts().stream().map(StatusJson::rollout).toList(),
                checks);
    }

    private static Rollout rollout(RolloutView view) {
        return new Rollout(
                view.name(),
                view.state(),
                view.targets(),
                view.wave(),
                view.waves().size(),
                view.counts());
    }
}
