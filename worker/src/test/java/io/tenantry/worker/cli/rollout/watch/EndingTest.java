package io.tenantry.worker.cli.rollout.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.cli.rollout.Rollouts;
import io.tenantry.worker.cli.rollout.text.StateText;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.WaveView.Progress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a watch ends, and what its last lines say. */
class EndingTest {
    private final Ending ending = new Ending();

    @Test
    void pausedAndSoakingItGoesOn() {
        for (RolloutState state :
                List.of(RolloutState.WAITING, RolloutState.RUNNING, RolloutState.SOAKING, RolloutState.PAUSED)) {
            assertThat(ending.isReached(Rollouts.running().in(state, null).look(), 0))
                    .isFalse();
        }
        assertThat(ending.isReached(
                        Rollouts.running().in(RolloutState.COMPLETED, null).look(), 0))
                .isTrue();
    }

    @Test
    void haltedItEndsWhenWhatRanHasFinishedOrAfterAWhile() {
        Rollouts halted = Rollouts.running().in(RolloutState.HALTED, "too many");
        long start = 5;

        assertThat(ending.isReached(halted.look(), start)).isFalse();
        assertThat(ending.isReached(
                        halted.look(), start + Duration.ofSeconds(29).toNanos()))
                .isFalse();
        assertThat(ending.isReached(
                        halted.look(), start + Duration.ofSeconds(30).toNanos()))
                .isTrue();
        assertThat(new Ending()
                        .isReached(
                                finished(10, 9, 1).in(RolloutState.HALTED, "x").look(), start))
                .isTrue();
    }

    @Test
    void haltedItGoesOnWhileFailedTenantsAreSentAgain() {
        Rollouts halted = finished(10, 9, 1).in(RolloutState.HALTED, "x");
        long later = Duration.ofHours(1).toNanos();

        assertThat(ending.isReached(halted.look(1, List.of(), List.of()), 0)).isFalse();
        assertThat(ending.isReached(halted.look(1, List.of(), List.of()), later))
                .isFalse();
        assertThat(ending.isReached(halted.look(0, List.of(), List.of()), later))
                .isTrue();
    }

    @Test
    void theLastLineHasWhatMatters() {
        assertThat(line(finished(1000, 998, 2).in(RolloutState.COMPLETED, null)))
                .isEqualTo(
                        "release-7 completed with failures in 2 min 5 s: 998 of 1,000 tenants at the target, 2 failed;"
                                + " 5 more were there already, as the registry knows");
        assertThat(line(finished(1, 1, 0).in(RolloutState.COMPLETED, null)))
                .startsWith("release-7 completed in 2 min 5 s: 1 of 1 tenant at the target");
        assertThat(line(Rollouts.running().in(RolloutState.HALTED, "6 of 250 failed")))
                .startsWith(
                        "release-7 was halted: 45 of 1,000 tenants at the target, 5 failed, 16 in flight, 934 not begun")
                .endsWith("because: 6 of 250 failed");
        assertThat(line(Rollouts.with().in(RolloutState.COMPLETED, null)))
                .contains("no tenant needed a request; 5 more were there already");
    }

    @Test
    void onlyACompletedOneWithoutFailuresHasSucceeded() {
        assertThat(StateText.succeeded(
                        finished(9, 9, 0).in(RolloutState.COMPLETED, null).view()))
                .isTrue();
        assertThat(StateText.succeeded(
                        finished(9, 8, 1).in(RolloutState.COMPLETED, null).view()))
                .isFalse();
        assertThat(StateText.succeeded(
                        finished(9, 9, 0).in(RolloutState.ABORTED, null).view()))
                .isFalse();
    }

    private static String line(Rollouts rollout) {
        return Ending.line(rollout.view()).text();
    }

    private static Rollouts finished(int members, int completed, int failed) {
        return Rollouts.with(
                Rollouts.wave(1, null, Progress.COMPLETED, Rollouts.counts(members, 0, completed, failed)));
    }
}
