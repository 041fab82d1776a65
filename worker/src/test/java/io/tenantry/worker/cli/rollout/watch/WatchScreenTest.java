package io.tenantry.worker.cli.rollout.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.cli.Colour;
import io.tenantry.worker.cli.NextCommand;
import io.tenantry.worker.cli.rollout.Rollouts;
import io.tenantry.worker.cli.rollout.text.Advice;
import io.tenantry.worker.registry.rollout.InFlightMember;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.WaveView.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** The pinned lines of {@code rollout watch}, at several sizes of a terminal. */
class WatchScreenTest {
    private static final OptionalDouble EIGHT = OptionalDouble.of(8.3);
    private static final List<InFlightMember> STUCK = List.of(
            new InFlightMember("acme", false, 2, Duration.ofSeconds(125)),
            new InFlightMember("beta", false, 2, Duration.ofSeconds(3)));

    @Test
    void hasABarForEachWaveAndTheFigures() {
        assertThat(text(screen(Rollouts.running()), 80, 24))
                .containsExactly(
                        "release-7: running, wave 2 of 3 (early)",
                        "  1 canary [####################################!!!!!!!!!]  10 of  10, 2 failed",
                        "> 2 early  [######!>>                                    ]  40 of 250, 3 failed",
                        "  3        [                                             ]   0 of 740",
                        "50 of 1,000, 5 failed, 16 in flight; 8.3/s, about 1 min 54 s left",
                        "acme: no result for 2 min 5 s",
                        "halts at more than 2 % of a wave failed (wave 2: 3 of 250 so far, 5 allowed)",
                        "Ctrl-C stops watching; the rollout goes on");
    }

    @Test
    void isNeverTallerThanHalfOfTheScreenNorWiderThanIt() {
        for (int height = 1; height <= 40; height++) {
            for (int width : new int[] {1, 10, 20, 40, 80, 200}) {
                for (int waves : new int[] {1, 2, 3, 7, 40}) {
                    for (int current = 1; current <= waves; current++) {
                        WatchScreen screen = screen(Rollouts.ofWaves(waves, current));
                        assertThat(text(screen, width, height))
                                .as("%d x %d, wave %d of %d", width, height, current, waves)
                                .hasSizeBetween(1, Math.max(1, height / 2))
                                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
                    }
                }
            }
        }
    }

    @Test
    void theCurrentWaveIsAlwaysThereWhereThereIsRoomForAWave() {
        for (int height = 6; height <= 40; height++) {
            for (int current = 1; current <= 40; current++) {
                String bar = "> " + current + " ";
                assertThat(text(screen(Rollouts.ofWaves(40, current)), 80, height))
                        .as("height %d, wave %d", height, current)
                        .anySatisfy(line -> assertThat(line).startsWith(bar));
            }
        }
    }

    @Test
    void wavesFarAwayShareALine() {
        assertThat(text(screen(Rollouts.ofWaves(40, 20)), 60, 18).subList(1, 5))
                .containsExactly(
                        "  waves 1 to 18: 1,800 of 1,800",
                        "  19 [###############################] 100 of 100",
                        "> 20 [###############                ]  50 of 100",
                        "  waves 21 to 40: 0 of 2,000");
    }

    @Test
    void aHaltShowsTheReasonAndTheNextCommand() {
        WatchScreen screen = screen(Rollouts.running().in(RolloutState.HALTED, "6 of 250 tenants of wave 2 failed"));

        assertThat(text(screen, 80, 8))
                .containsExactly(
                        "release-7: halted, wave 2 of 3 (early)",
                        "because: 6 of 250 tenants of wave 2 failed",
                        "50 of 1,000, 5 failed, 16 in flight; 8.3/s",
                        "mend what made tenants fail, then send them again: tenantry rollout retry-fai...");
        assertThat(screen.lines(80, 24).get(0).colour()).isEqualTo(Colour.BAD);
    }

    @Test
    void aHaltWhoseFailedTenantsWereSentAgainWithSuccessCanGoOn() {
        Rollouts mended = Rollouts.with(Rollouts.wave(1, null, Progress.BEGUN, Rollouts.counts(10, 0, 10, 0)))
                .in(RolloutState.HALTED, "1 of 10 tenants of wave 1 failed");

        assertThat(text(screen(mended), 80, 24))
                .contains("go on: tenantry rollout resume release-7")
                .noneMatch(line -> line.contains("retry-failed"));
    }

    @Test
    void oneThatWaitsForWorkersSaysForWhat() {
        Rollouts waiting = Rollouts.running()
                .withWaves(0, List.of())
                .in(RolloutState.WAITING, null)
                .waitingFor("worker w1 lacks users 12");

        assertThat(text(screen(waiting), 80, 24))
                .startsWith("release-7: waiting", "waits: worker w1 lacks users 12")
                .doesNotContain("0 of 0");
    }

    @Test
    void aNarrowTerminalHasFiguresInPlaceOfBars() {
        assertThat(text(screen(Rollouts.running()), 40, 24))
                .contains("> 2 early    40 of 250, 3 failed")
                .noneMatch(line -> line.contains("["));
    }

    private static WatchScreen screen(Rollouts rollout) {
        return new WatchScreen(
                rollout.look(0, STUCK, List.of()), EIGHT, new Advice(NextCommand.with(Path.of("tenantry.yaml"))));
    }

    private static List<String> text(WatchScreen screen, int width, int height) {
        return screen.lines(width, height).stream().map(ScreenLine::text).toList();
    }
}
