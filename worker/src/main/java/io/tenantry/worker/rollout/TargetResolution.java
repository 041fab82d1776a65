package io.tenantry.worker.rollout;

import io.tenantry.worker.registry.rollout.AdvertisedCatalog;
import io.tenantry.worker.registry.rollout.ResolvedTarget;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The version that a rollout brings each of its databases to, as far as the live workers' migrations say it. */
public sealed interface TargetResolution {
    /**
     * In each database, live workers have the target, all of them with the same scripts. Others may lack it.
     *
     * @param targets by database
     * @see #waitsFor
     */
    record Resolved(SortedMap<String, ResolvedTarget> targets) implements TargetResolution {
        public Resolved {
            targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
        }
    }

    /**
     * In some databases, live workers have different scripts for the target, as while a release with a changed repeatable
     * script is deployed. Which of them is meant is not known until they are the same.
     *
     * @param reason for people
     */
    record Differing(String reason) implements TargetResolution {}

    /**
     * In some databases, no live worker has the target. A worker that starts later may bring it.
     *
     * @param databases which; empty if no live worker has said which migrations it has
     * @param reason for people, with what to do
     */
    record Unknown(List<String> databases, String reason) implements TargetResolution {
        public Unknown {
            databases = List.copyOf(databases);
        }
    }

    /**
     * Resolves the target.
     *
     * @param databases of the rollout; empty means all that any live worker has
     * @param requested a version, or {@code latest}: in each database the highest version that a live worker has
     * @param live the live workers
     */
    static TargetResolution of(Collection<String> databases, String requested, List<AdvertisedCatalog> live) {
        return new AdvertisedTargets(live, requested).resolve(databases);
    }

    /** Which live workers lack which of these targets, for people; empty if all have all. */
    static Optional<String> waitsFor(Map<String, ResolvedTarget> targets, List<AdvertisedCatalog> live) {
        return new LackedTargets(targets, live).text();
    }
}
