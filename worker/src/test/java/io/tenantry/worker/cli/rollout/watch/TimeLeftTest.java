package io.tenantry.worker.cli.rollout.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.cli.rollout.Rollouts;
import io.tenantry.worker.cli.rollout.text.Figures;
import io.tenantry.worker.registry.rollout.RolloutState;
import io.tenantry.worker.registry.rollout.WaveView;
import io.tenantry.worker.registry.rollout.WaveView.Progress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** The rate over the last minute, and what it says of the end. */
class TimeLeftTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final OptionalDouble TEN = OptionalDouble.of(10);

    @Test
    void theRateIsThatOfTheLastMinute() {
        Rate rate = new Rate();
        rate.add(0, 0);
        rate.add(SECOND, 10);
        assertThat(rate.perSecond()).isEmpty();
        for (int second = 2; second <= 300; second++) {
            rate.add(second * SECOND, second <= 200 ? second * 10 : 2000 + (second - 200) * 5);
        }

        assertThat(rate.perSecond()).hasValue(5);
    }

    @Test
    void theRateBeginsAgainWhenTenantsAreSentAgain() {
        Rate rate = new Rate();
        rate.add(0, 100);
        rate.add(10 * SECOND, 200);
        rate.add(11 * SECOND, 150);
        assertThat(rate.perSecond()).isEmpty();

        rate.add(13 * SECOND, 154);
        assertThat(rate.perSecond()).hasValue(2);
    }

    @Test
    void soakTimesOfWavesButTheLastAreIncluded() {
        Rollouts rollout = Rollouts.with(wave(1, 100, 60, false), wave(2, 100, 60, false), wave(3, 100, 60, false));

        assertThat(TimeLeft.of(rollout.view(), TEN)).isEqualTo(new TimeLeft(Duration.ofSeconds(30 + 120), null));
    }

    @Test
    void aPauseIsTheEnd() {
        Rollouts rollout = Rollouts.with(wave(1, 100, 0, true), wave(2, 100, 0, false));

        assertThat(TimeLeft.of(rollout.view(), TEN)).isEqualTo(new TimeLeft(Duration.ofSeconds(10), 1));
        assertThat(new TimeLeft(Duration.ofSeconds(10), 1).text()).isEqualTo("about 10 s to the pause after wave 1");
    }

    @Test
    void nothingIsSaidOfOneThatDoesNotGoOn() {
        assertThat(TimeLeft.of(Rollouts.running().in(RolloutState.HALTED, null).view(), TEN))
                .isNull();
        assertThat(TimeLeft.of(Rollouts.running().view(), OptionalDouble.empty()))
                .isNull();
        assertThat(TimeLeft.of(Rollouts.running().view(), OptionalDouble.of(0))).isNull();
    }

    @Test
    void durationsHaveTheirTwoLargestUnits() {
        assertThat(List.of(
                        Figures.duration(Duration.ofSeconds(59)),
                        Figures.duration(Duration.ofSeconds(60)),
                        Figures.duration(Duration.ofSeconds(61)),
                        Figures.duration(Duration.ofSeconds(3599)),
                        Figures.duration(Duration.ofSeconds(7500)),
                        Figures.duration(Duration.ofHours(76)),
                        Figures.duration(Duration.ofSeconds(-1))))
                .containsExactly("59 s", "1 min", "1 min 1 s", "59 min 59 s", "2 h 5 min", "3 d 4 h", "0 s");
    }

    private static WaveView wave(int number, int members, int soakSeconds, boolean pause) {
        return new WaveView(
                number,
                null,
                Duration.ofSeconds(soakSeconds),
                pause,
                Rollouts.counts(members, 0, 0, 0),
                number == 1 ? Progress.BEGUN : Progress.NOT_BEGUN);
    }
}
