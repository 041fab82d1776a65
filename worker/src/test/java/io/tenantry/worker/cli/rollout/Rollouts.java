package io.tenantry.worker.cli.rollout;

import io.tenantry.contracts.DatabaseResult;
import io.tenantry.contracts.ErrorCode;
import io.tenantry.contracts.HaltRule;
import io.tenantry.contracts.Outcome;
import io.tenantry.contracts.RequestRef;
import io.tenantry.contracts.ResultError;
import io.tenantry.contracts.RolloutRequested;
import io.tenantry.contracts.TenantResult;
import io.tenantry.worker.operator.rollout.RolloutLook;
import io.tenantry.worker.registry.rollout.FailedMember;
import io.tenantry.worker.registry.rollout.InFlightMember;
import io.tenantry.worker.registry.rollout.MemberCounts;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.RolloutView;
import io.tenantry.worker.registry.rollout.RolloutWait;
import io.tenantry.worker.registry.rollout.WaveView;
import io.tenantry.worker.registry.rollout.WaveView.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rollouts as the registry would have them, for tests of what is shown; immutable. */
public record Rollouts(
        RolloutState state,
        int wave,
        List<WaveView> waves,
        int upToDate,
        @Nullable Integer maxFailures,
        @Nullable Integer maxFailurePercent,
        @Nullable String reason,
        @Nullable String waitsFor,
        @Nullable Duration soakLeft) {
    /** In its second wave of three: 2 of 10 failed in the first, 40 of 250 are done in the second. */
    public static Rollouts running() {
        return new Rollouts(
                RolloutState.RUNNING,
                2,
                List.of(
                        wave(1, "canary", Progress.COMPLETED, counts(10, 0, 8, 2)),
                        wave(2, "early", Progress.BEGUN, counts(250, 16, 37, 3)),
                        wave(3, null, Progress.NOT_BEGUN, counts(740, 0, 0, 0))),
                5,
                null,
                2,
                null,
                null,
                null);
    }

    public static Rollouts with(WaveView... waves) {
        return running().withWaves(1, List.of(waves));
    }

    /** This many waves of 100 tenants; those before the current one are done. */
    public static Rollouts ofWaves(int number, int current) {
        List<WaveView> waves = new ArrayList<>();
        for (int wave = 1; wave <= number; wave++) {
            waves.add(
                    wave < current
                            ? wave(wave, null, Progress.COMPLETED, counts(100, 0, 100, 0))
                            : wave(
                                    wave,
                                    null,
                                    wave == current ? Progress.BEGUN : Progress.NOT_BEGUN,
                                    counts(100, 0, wave == current ? 50 : 0, 0)));
        }
        return running().withWaves(current, waves);
    }

    public static WaveView wave(int number, @Nullable String name, Progress progress, MemberCounts counts) {
        return new WaveView(number, name, Duration.ZERO, false, counts, progress);
    }

    public static MemberCounts counts(int members, int inFlight, int completed, int failed) {
        return new MemberCounts(members, inFlight, completed, 0, failed, 0, failed);
    }

    public static FailedMember failed(String tenant) {
        RequestRef request = new RequestRef("r-" + tenant, "/s", "type", "topic", 0, 1);
        ResultError error = new ResultError(
                ErrorCode.MIGRATION_FAILED,
                "V12__invoices.sql failed: ERROR: relation \"invoices\" already exists\nand more",
                "42P07",
                "V12__invoices.sql",
                3,
                "CREATE TABLE invoices (\n  id bigint)");
        TenantResult result = new TenantResult(
                tenant,
                null,
                request,
                "release-7",
                Outcome.FAILED,
                error,
                List.of(new DatabaseResult("users", "main", "u", Outcome.FAILED, null, null, List.of(), 1, error)),
                1,
                "worker",
                Instant.EPOCH,
                Instant.EPOCH);
        return new FailedMember(
                tenant, false, 1, 1, "r-" + tenant, "migration-failed", true, false, Instant.EPOCH, result);
    }

    public Rollouts in(RolloutState next, @Nullable String why) {
        return new Rollouts(next, wave, waves, upToDate, maxFailures, maxFailurePercent, why, waitsFor, soakLeft);
    }

    public Rollouts withWaves(int current, List<WaveView> others) {
        return new Rollouts(
                state, current, others, upToDate, maxFailures, maxFailurePercent, reason, waitsFor, soakLeft);
    }

    public Rollouts waitingFor(String what) {
        return new Rollouts(state, wave, waves, upToDate, maxFailures, maxFailurePercent, reason, what, soakLeft);
    }

    public Rollouts soaking(Duration left) {
        return new Rollouts(
                RolloutState.SOAKING, wave, waves, upToDate, maxFailures, maxFailurePercent, reason, waitsFor, left);
    }

    public Rollouts haltingAt(@Nullable Integer failures, @Nullable Integer percent) {
        return new Rollouts(state, wave, waves, upToDate, failures, percent, reason, waitsFor, soakLeft);
    }

    public RolloutView view() {
        int failures = waves.stream().mapToInt(one -> one.counts().failed()).sum();
        return new RolloutView(
                new RolloutRequested("release-7", List.of(), "latest", List.of(), HaltRule.FIRST_FAILURE),
                new RolloutView.Drive("fleet", 4, 32, maxFailures, maxFailurePercent),
                state,
                Map.of("users", "12"),
                wave,
                waves,
                upToDate,
                failures == 0 ? Map.of() : Map.of("migration-failed", failures),
                new RolloutView.Why(reason, waitsFor),
                new RolloutView.Times(
                        Instant.EPOCH,
                        Instant.EPOCH,
                        state.isFinal() ? Instant.EPOCH : null,
                        Duration.ofMinutes(3),
                        Duration.ofSeconds(125),
                        soakLeft));
    }

    public RolloutLook look(FailedMember... newestFirst) {
        return look(0, List.of(), List.of(), newestFirst);
    }

    public RolloutLook look(
            int retrying, List<InFlightMember> inFlight, List<RolloutWait> waits, FailedMember... newestFirst) {
        RolloutView view = view();
        return new RolloutLook(view, retrying, view.failures(), List.of(newestFirst), inFlight, waits);
    }
}
