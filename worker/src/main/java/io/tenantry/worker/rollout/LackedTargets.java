package io.tenantry.worker.rollout;

import io.tenantry.worker.engine.catalog.Versions;
import io.tenantry.worker.registry.rollout.AdvertisedCatalog;
import io.tenantry.worker.registry.rollout.ResolvedTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which live workers lack the targets of a rollout. For use by one thread. */
final class LackedTargets {
    /** How many workers a message names. */
    private static final int NAMED = 3;

    private final List<AdvertisedCatalog> live;
    private final List<String> sentences = new ArrayList<>();

    LackedTargets(Map<String, ResolvedTarget> targets, List<AdvertisedCatalog> live) {
        this.live =
                live.stream().filter(worker -> !worker.databases().isEmpty()).toList();
        List<String> silent = live.stream()
                .filter(worker -> worker.databases().isEmpty())
                .map(AdvertisedCatalog::worker)
                .toList();
        if (!silent.isEmpty()) {
            sentences.add("the migrations of these workers are not known: " + named(silent)
                    + " (they start, or their release has no rollouts)");
        }
        new TreeMap<>(targets).forEach(this::compare);
    }

    private void compare(String database, ResolvedTarget target) {
        List<String> without = new ArrayList<>();
        List<String> different = new ArrayList<>();
        for (AdvertisedCatalog worker : live) {
            AdvertisedCatalog.@Nullable Database own = worker.databases().get(database);
            if (own != null && own.fingerprints().containsValue(target.fingerprint())) {
                continue;
            }
            boolean has = own != null
                    && own.fingerprints().keySet().stream()
                            .anyMatch(version -> Versions.ORDER.compare(version, target.version()) == 0);
            (has ? different : without).add(worker.worker());
        }
        String version = "version " + target.version() + " of database " + database;
        if (!without.isEmpty()) {
            sentences.add(version + " is missing at workers " + named(without));
        }
        if (!different.isEmpty()) {
            boolean nobody = without.size() + different.size() == live.size();
            sentences.add(version + " is made of other scripts at workers " + named(different)
                    + (nobody
                            ? "; no worker has those that the rollout was planned with: abort it, and start another one"
                            : ""));
        }
    }

    /** In one text for people; empty if all workers have all targets. */
    Optional<String> text() {
        return sentences.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", sentences));
    }

    /** The first ones, and how many more. */
    static String named(List<String> workers) {
        int more = workers.size() - NAMED;
        return workers.stream().limit(NAMED).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
    }
}
