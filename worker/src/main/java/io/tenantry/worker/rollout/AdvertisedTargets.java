package io.tenantry.worker.rollout;

import io.tenantry.contracts.MigrationRequested;
import io.tenantry.worker.engine.catalog.Versions;
import io.tenantry.worker.registry.rollout.AdvertisedCatalog;
import io.tenantry.worker.registry.rollout.ResolvedTarget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the live workers have of a requested target. For use by one thread. */
final class AdvertisedTargets {
    private final List<AdvertisedCatalog> live;
    private final String requested;
    private final SortedMap<String, ResolvedTarget> targets = new TreeMap<>();
    private final List<String> differing = new ArrayList<>();

    AdvertisedTargets(List<AdvertisedCatalog> live, String requested) {
        this.live = live;
        this.requested = requested;
    }

    /** @param named the databases; empty means all that a worker has */
    TargetResolution resolve(Collection<String> named) {
        Collection<String> said = new TreeSet<>();
        live.forEach(worker -> said.addAll(worker.databases().keySet()));
        Collection<String> databases = named.isEmpty() ? said : new TreeSet<>(named);
        if (said.isEmpty()) {
            return new TargetResolution.Unknown(
                    List.of(), "no live worker has said which migrations it has: start workers of this release");
        }
        List<String> unknown =
                databases.stream().filter(database -> !isKnown(database)).toList();
        if (!unknown.isEmpty()) {
            return new TargetResolution.Unknown(unknown, reason(unknown));
        }
        return differing.isEmpty()
                ? new TargetResolution.Resolved(targets)
                : new TargetResolution.Differing(String.join("; ", differing));
    }

    private boolean isKnown(String database) {
        Optional<String> version =
                requested.equals(MigrationRequested.LATEST) ? head(database) : Optional.of(requested);
        Map<String, Scripts> workers =
                version.map(wanted -> having(database, wanted)).orElse(Map.of());
        if (workers.isEmpty()) {
            return false;
        }
        Scripts first = workers.values().iterator().next();
        targets.put(database, new ResolvedTarget(first.version(), first.fingerprint()));
        Map<String, List<String>> variants = new LinkedHashMap<>();
        workers.forEach((worker, scripts) -> variants.computeIfAbsent(scripts.fingerprint(), own -> new ArrayList<>())
                .add(worker));
        if (variants.size() > 1) {
            differing.add("version " + first.version() + " of database " + database
                    + " is made of different scripts at workers "
                    + variants.values().stream()
                            .map(LackedTargets::named)
                            .collect(Collectors.joining(" and at workers ")));
        }
        return true;
    }

    /**
     * A version at a worker.
     *
     * @param version as the worker's scripts have it
     */
    private record Scripts(String version, String fingerprint) {}

    /** The workers that have this version, however they write it. */
    private Map<String, Scripts> having(String database, String version) {
        Map<String, Scripts> workers = new LinkedHashMap<>();
        for (AdvertisedCatalog worker : live) {
            AdvertisedCatalog.@Nullable Database own = worker.databases().get(database);
            if (own != null) {
                spelling(own.fingerprints(), version)
                        .ifPresent(spelt -> workers.put(
                                worker.worker(),
                                new Scripts(
                                        spelt,
                                        Objects.requireNonNull(
                                                own.fingerprints().get(spelt)))));
            }
        }
        return workers;
    }

    private static Optional<String> spelling(Map<String, String> fingerprints, String version) {
        return fingerprints.containsKey(version)
                ? Optional.of(version)
                : fingerprints.keySet().stream()
                        .filter(each -> Versions.ORDER.compare(each, version) == 0)
                        .findFirst();
    }

    private Optional<String> head(String database) {
        return live.stream()
                .map(worker -> worker.databases().get(database))
                .filter(Objects::nonNull)
                .map(AdvertisedCatalog.Database::head)
                .filter(Objects::nonNull)
                .max(Versions.ORDER);
    }

    private String reason(List<String> unknown) {
        return unknown.stream().map(this::reason).collect(Collectors.joining("; "))
                + "; deploy workers that have it, or name other databases or another target";
    }

    private String reason(String database) {
        boolean configured = live.stream().anyMatch(worker -> worker.databases().containsKey(database));
        if (!configured) {
            return "no live worker has a database " + database;
        }
        Optional<String> head = head(database);
        return head.isEmpty()
                ? "the migrations of database " + database + " have no version"
                : "no live worker has version " + requested + " of database " + database + "; the newest is "
                        + head.get();
    }
}
