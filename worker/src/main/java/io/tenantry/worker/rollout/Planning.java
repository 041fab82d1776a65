package io.tenantry.worker.rollout;

import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.EventType;
import io.tenantry.worker.config.DatabaseSettings;
import io.tenantry.worker.registry.rollout.AdvertisedCatalog;
import io.tenantry.worker.registry.rollout.Candidate;
import io.tenantry.worker.registry.rollout.Conflict;
import io.tenantry.worker.registry.rollout.MemberTable;
import io.tenantry.worker.registry.rollout.ResolvedTarget;
import io.tenantry.worker.registry.rollout.RolloutCandidates;
import io.tenantry.worker.registry.rollout.RolloutRow;
import io.tenantry.worker.registry.rollout.WaveTable;
import io.tenantry.worker.registry.rollout.WorkerCatalogs;
import io.tenantry.worker.rollout.RolloutEvents.Said;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the plan of a rollout, once: the version to reach in each database, the waves, and who is in which. Works in the
 * caller's transaction. Safe for use by many threads.
 */
final class Planning {
    private final WorkerCatalogs catalogs = new WorkerCatalogs();
    private final RolloutCandidates candidates = new RolloutCandidates();
    private final WaveTable waves = new WaveTable();
    private final MemberTable members = new MemberTable();
    private final RolloutTerms terms;
    private final RolloutEvents events;

    Planning(RolloutTerms terms, RolloutEvents events) {
        this.terms = terms;
        this.events = events;
    }
}
