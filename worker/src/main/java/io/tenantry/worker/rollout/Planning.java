package io.tenantry.worker.rollout;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.registry.rollout.AdvertisedCatalog;
import io.tenantry.worker.registry.rollout.Candidate;
import io.tenantry.worker.registry.rollout.MemberTable;
import io.tenantry.worker.registry.rollout.RegistryTime;
import io.tenantry.worker.registry.rollout.ResolvedTarget;
import io.tenantry.worker.registry.rollout.RolloutCandidates;
import io.tenantry.worker.registry.rollout.RolloutRow;
import io.tenantry.worker.registry.rollout.RolloutTable;
import io.tenantry.worker.registry.rollout.WaveTable;
import io.tenantry.worker.registry.rollout.WorkerCatalogs;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Makes the plan of a rollout, once: the version to reach in each database, the waves and their members. Works in the
 * caller's transaction. Safe for use by many threads.
 */
final class Planning {
    private final RolloutTable rollouts = new RolloutTable();
    private final WorkerCatalogs catalogs = new WorkerCatalogs();
    private final RolloutCandidates candidates = new RolloutCandidates();
    private final WaveTable waves = new WaveTable();
    private final MemberTable members = new MemberTable();
    private final Conflicts conflicts = new Conflicts();
    private final RolloutTerms terms;
    private final RolloutEvents events;

    Planning(RolloutTerms terms, RolloutEvents events) {
        this.terms = terms;
        this.events = events;
    }

    /**
     * Plans the rollout if the live workers show the versions of its targets and the scripts of these versions. If some
     * workers lack a target, the rollout is planned all the same, and waits for them.
     *
     * @throws RefusedException if it cannot be planned, or if no worker has had a target for longer than the grace period
     */
    RolloutRow plan(Connection connection, RolloutRow row, RegistryTime now) throws SQLException, RefusedException {
        List<DatabaseSettings> named = terms.named(row.start().databases());
        List<String> names = named.stream().map(DatabaseSettings::name).toList();
        List<AdvertisedCatalog> live = catalogs.live(connection, row.group());
        TargetResolution resolution = TargetResolution.of(names, row.start().target(), live);
        if (resolution instanceof TargetResolution.Unknown unknown) {
            boolean others =
                    !unknown.databases().isEmpty() && unknown.databases().size() < names.size();
            if (others || now.isOver(row.requestedAt().plus(terms.targetGrace()))) {
                throw new RefusedException(ErrorCode.TARGET_UNKNOWN, unknown.reason() + "; nothing was sent");
            }
            return row.waitingFor(unknown.reason());
        }
        if (resolution instanceof TargetResolution.Differing differing) {
            return row.waitingFor(differing.reason());
        }
        SortedMap<String, ResolvedTarget> targets = ((TargetResolution.Resolved) resolution).targets();
        return plan(connection, row, named, targets, live);
    }

    private RolloutRow plan(
            Connection connection,
            RolloutRow row,
            List<DatabaseSettings> named,
            SortedMap<String, ResolvedTarget> targets,
            List<AdvertisedCatalog> live)
            throws SQLException, RefusedException {
        rollouts.lockPlanning(connection);
        Map<String, String> fingerprints = new HashMap<>();
        targets.forEach((database, target) -> fingerprints.put(database, target.fingerprint()));
        List<Candidate> all = candidates.find(
                connection, row.start().select().attributes(), fingerprints, RolloutTerms.shared(named));
        WavePlan plan = WavePlanner.plan(row.start(), Selected.of(row.start(), all));
        conflicts.refuse(connection, row, plan.members());
        waves.insert(connection, row.rollout(), plan.waves());
        members.insert(connection, row.rollout(), plan.members());
        RolloutRow planned = row.planned(targets, plan.upToDate())
                .waitingFor(TargetResolution.waitsFor(targets, live).orElse(null));
        return events.started(connection, planned);
    }

    /** A rollout that is planned, and what it still waits for. */
    RolloutRow look(Connection connection, RolloutRow row) throws SQLException {
        List<AdvertisedCatalog> live = catalogs.live(connection, row.group());
        return row.waitingFor(
                live.isEmpty()
                        ? "no live worker has said which migrations it has"
                        : TargetResolution.waitsFor(row.targets(), live).orElse(null));
    }
}
