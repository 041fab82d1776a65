package io.tenantry.worker.request.run;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ResultError;
import io.tenantry.worker.registry.Placements;
import io.tenantry.worker.registry.RegisteredHome;
import io.tenantry.worker.registry.TenantRecord;
import io.tenantry.worker.request.HomeWork;
import io.tenantry.worker.request.Resolution;
import io.tenantry.worker.telemetry.RequestMeters;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The work on the homes of one request, over all attempts, in their order. For use by one thread at a time.
 *
 * @param leftOut results of databases in which nothing is to be done
 */
record HomeRuns(List<HomeRun> homes, List<DatabaseResult> leftOut) {
    /** Before the registry has answered. */
    static final HomeRuns NONE = new HomeRuns(List.of(), List.of());

    /** Nothing is begun yet; no homes if the request is refused or has to wait. */
    static HomeRuns of(Resolution resolution, TenantRecord known, RequestMeters meters) {
        return resolution instanceof Resolution.Work work
                ? new HomeRuns(
                        work.homes().stream()
                                .map(home -> new HomeRun(home, observedAt(home, known), meters))
                                .toList(),
                        work.leftOut())
                : NONE;
    }

    /** When the registry's version of this home was seen; null if that is not known. */
    private static @Nullable Instant observedAt(HomeWork work, TenantRecord known) {
        return known.home(work.home().database())
                .map(RegisteredHome::observedAt)
                .orElse(null);
    }

    boolean isEmpty() {
        return homes.isEmpty();
    }

    /** Whether something may have been done to one of them. */
    boolean haveBegun() {
        return homes.stream().anyMatch(HomeRun::hasBegun);
    }

    /** Gives back what they hold, and their places in queues. May be called again. */
    void endReservations() {
        homes.forEach(home -> home.reservation().end());
    }

    /** Ends the first one without a result as failed. */
    void fail(ResultError error) {
        homes.stream()
                .filter(home -> !home.isDone())
                .findFirst()
                .ifPresent(home -> home.result().fail(error));
    }

    /** One without a result was not attempted. Those that were left out are last. */
    List<DatabaseResult> results() {
        return Stream.concat(homes.stream().map(home -> home.result().orNotAttempted()), leftOut.stream())
                .toList();
    }

    /** The numbers of the places that were chosen for this request, where no home was made. */
    Set<Long> unused(Placements placed) {
        Set<String> without = new HashSet<>(placed.servers().keySet());
        homes.stream()
                .filter(home -> !home.hasMadeNothing())
                .forEach(home -> without.remove(home.work().home().database()));
        return placed.madeIn(without);
    }

    /** What the registry learns. */
    List<RegisteredHome> registered() {
        return homes.stream()
                .map(home -> home.result().registered())
                .flatMap(Optional::stream)
                .toList();
    }
}
