package io.tenantry.worker.cli.rollout.text;

import io.tenantry.contracts.ResultError;
import io.tenantry.worker.registry.rollout.Blocker;
import io.tenantry.worker.registry.rollout.FailedMember;
import io.tenantry.worker.registry.rollout.InFlightMember;
import io.tenantry.worker.registry.rollout.MemberCounts;
import io.tenantry.worker.registry.rollout.RolloutView;
import io.tenantry.worker.registry.rollout.RolloutWait;
import io.tenantry.worker.registry.rollout.WaveView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rollout as JSON. Names of fields are stable, and those of events where both have them; null is left out.
 *
 * @param upToDate tenants that were known to be at the target at the start, and are in no wave
 * @param concurrency tenants in flight at most
 * @param concurrencyGrows true if as many more are possible as had a result in the last second; null if the start has a
 *     concurrency of its own
 * @param failures how many requests failed with each code, earlier attempts included
 */
public record RolloutDocument(
        String rollout,
        String state,
        @Nullable String reason,
        @Nullable String waitsFor,
        String target,
        Map<String, String> targets,
        int wave,
        List<WaveDocument> waves,
        Counts counts,
        int upToDate,
        Map<String, Integer> failures,
        int concurrency,
        @Nullable Boolean concurrencyGrows,
        @Nullable Integer maxFailures,
        @Nullable Integer maxFailurePercent,
        Instant requestedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {

    /** Counts of members by the state of their latest attempt. */
    public record Counts(
            int total, int inFlight, int completed, int upToDate, int failed, int skipped, int countedFailures) {
        public static Counts of(MemberCounts counts) {
            return new Counts(
                    counts.members(),
                    counts.inFlight(),
                    counts.completed(),
                    counts.upToDate(),
                    counts.failed(),
                    counts.skipped(),
                    counts.counted());
        }
    }

    /** A wave. */
    public record WaveDocument(
            int number,
            @Nullable String name,
            String progress,
            Counts counts,
            @Nullable Duration soak,
            @Nullable Boolean pauseAfter) {
        public static WaveDocument of(WaveView wave) {
            return new WaveDocument(
                    wave.number(),
                    wave.name(),
                    switch (wave.progress()) {
                        case NOT_BEGUN -> "not-begun";
                        case BEGUN -> "begun";
                        case COMPLETED -> "completed";
                    },
                    Counts.of(wave.counts()),
                    wave.soak().isZero() ? null : wave.soak(),
                    wave.pauseAfter() ? true : null);
        }
    }

    /** A failed tenant or shared database; exactly one of the two is there. */
    public record Failure(
            @Nullable String tenant,
            @Nullable String database,
            int wave,
            int attempt,
            String code,
            boolean counts,
            @Nullable Boolean deadLetter,
            @Nullable Instant at,
            @Nullable String inDatabase,
            @Nullable String message,
            @Nullable String sqlState,
            @Nullable String migration,
            @Nullable Integer line,
            @Nullable String statement) {
        public static Failure of(FailedMember failed) {
            @Nullable ResultError error = failed.error();
            return new Failure(
                    failed.shared() ? null : failed.key(),
                    failed.shared() ? failed.key() : null,
                    failed.wave(),
                    failed.attempt(),
                    failed.code(),
                    failed.counted(),
                    failed.dead() ? true : null,
                    failed.endedAt(),
                    failed.database(),
                    error == null ? null : error.message(),
                    error == null ? null : error.sqlState(),
                    error == null ? null : error.migration(),
                    error == null ? null : error.line(),
                    error == null ? null : error.statement());
        }
    }

    /** A member that was sent and is not answered. */
    public record InFlight(
            @Nullable String tenant, @Nullable String database, int wave, Duration sentAgo) {
        public static InFlight of(InFlightMember member) {
            return new InFlight(
                    member.shared() ? null : member.key(),
                    member.shared() ? member.key() : null,
                    member.wave(),
                    member.sent());
        }
    }

    /** What a worker reports of a member that has run or waited for long. */
    public record Wait(
            @Nullable String tenant,
            @Nullable String database,
            String worker,
            @Nullable String server,
            boolean running,
            Duration age,
            @Nullable String reason,
            @Nullable String detail,
            List<Blocker> blockers) {
        public static Wait of(RolloutWait wait) {
            return new Wait(
                    wait.shared() ? null : wait.key(),
                    wait.shared() ? wait.key() : null,
                    wait.worker(),
                    wait.server(),
                    wait.running(),
                    wait.age(),
                    wait.reason(),
                    wait.detail(),
                    wait.blockers());
        }
    }

    /** A start that was refused; {@code event} is "refused". */
    public record Refused(String event, String rollout, String code, String reason) {}

    public static RolloutDocument of(RolloutView view) {
        return new RolloutDocument(
                view.name(),
                view.state().label(),
                view.why().reason(),
                view.why().waitsFor(),
                view.request().target(),
                view.targets(),
                view.wave(),
                view.waves().stream().map(WaveDocument::of).toList(),
                Counts.of(view.counts()),
                view.upToDate(),
                view.failures(),
                view.drive().concurrency(),
                view.request().concurrency() == null ? true : null,
                view.drive().maxFailures(),
                view.drive().maxFailurePercent(),
                view.times().requestedAt(),
                view.times().startedAt(),
                view.times().finishedAt());
    }
}
