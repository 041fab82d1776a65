package io.tenantry.worker.rollout;

import io.tenantry.worker.registry.rollout.AdvertisedCatalog;
import io.tenantry.worker.registry.rollout.ResolvedTarget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The version that a rollout brings each of its databases to, as far as the live workers' migrations say it. */
public sealed interface TargetResolution {
    /**
     * In each database, at least one live worker has the target.
     *
     * @param targets by database
     * @param lacking the workers that cannot be sent a request yet; empty if every worker has all targets
     */
    record Resolved(SortedMap<String, ResolvedTarget> targets, List<Lack> lacking) implements TargetResolution {
        public Resolved {
            targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
            lacking = List.copyOf(lacking);
        }

        /** What the rollout waits for, for people; empty if for nothing. */
        public String waitsFor() {
            Map<String, List<String>> workers = new LinkedHashMap<>();
            lacking.forEach(lack -> workers.computeIfAbsent(lack.what(), what -> new ArrayList<>())
                    .add(lack.worker()));
            return workers.entrySet().stream()
                    .map(entry -> entry.getKey() + ' ' + named(entry.getValue()))
                    .collect(Collectors.joining("; "));
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
     * A live worker that lacks a target.
     *
     * @param version the target that it lacks
     * @param differs whether it has this version, with other scripts than another worker
     */
    record Lack(String worker, String database, String version, boolean differs) {
        private String what() {
            return "version " + version + " of database " + database
                    + (differs ? " is made of other scripts at workers" : " is missing at workers");
        }
    }

    /** Workers in a message, of which it names three. */
    static String named(List<String> workers) {
        int more = workers.size() - 3;
        return workers.stream().limit(3).collect(Collectors.joining(", ")) + (more > 0 ? " and " + more + " more" : "");
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
}
