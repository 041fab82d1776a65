package io.tenantry.worker.housekeeping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Samples and the sweep, on a clock. */
class LookTurnsTest {
    private static final Duration LOOK = Duration.ofMillis(20);

    private long now = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();
    private final LookTurns turns = new LookTurns(() -> now);
    private int samples;
    private int swept;

    @Test
    void manySamplesDoNotMakeTheSweepLate() {
        looks(Duration.ofSeconds(10), Duration.ofMillis(100), Integer.MAX_VALUE);

        assertThat(swept).isEqualTo(100);
        assertThat(samples).isEqualTo(400);
    }

    @Test
    void bothTakeTurnsIfTheSweepTakesAllOfTheTime() {
        looks(Duration.ofSeconds(10), Duration.ofMillis(1), Integer.MAX_VALUE);

        assertThat(swept).isEqualTo(250);
        assertThat(samples).isEqualTo(250);
    }

    @Test
    void theSweepKeepsItsPaceWithoutSamples() {
        looks(Duration.ofSeconds(10), Duration.ofMillis(500), 3);

        assertThat(swept).isEqualTo(20);
        assertThat(samples).isEqualTo(3);
    }

    @Test
    void aTurnThatIsGivenBackIsTheNextHomes() {
        turns.sweep();
        assertThat(turns.isForSweep(Duration.ofSeconds(10), false)).isFalse();

        turns.giveBack();

        assertThat(turns.isForSweep(Duration.ofSeconds(10), false)).isTrue();
    }

    @Test
    void tellsWhenAHomeOfTheSweepMayBeDue() {
        Duration gap = Duration.ofMillis(500);
        Duration longest = Duration.ofMillis(200);
        assertThat(turns.untilSweep(gap, longest)).as("due, and there was none").isEqualTo(longest);
        turns.sweep();
        assertThat(turns.untilSweep(gap, longest)).isEqualTo(longest);
        now += Duration.ofMillis(400).toNanos();
        assertThat(turns.untilSweep(gap, longest)).isEqualTo(Duration.ofMillis(100));
        now += Duration.ofMillis(100).toNanos();
        assertThat(turns.untilSweep(gap, longest)).isEqualTo(longest);
    }

    /** There is always a home of the sweep, and so many samples; each look takes its time. */
    private void looks(Duration during, Duration gap, int mostSamples) {
        long end = now + during.toNanos();
        while (end - now > 0) {
            boolean isSampleDue = samples < mostSamples;
            if (turns.isForSweep(gap, isSampleDue)) {
                turns.sweep();
                swept++;
                now += LOOK.toNanos();
            } else if (isSampleDue) {
                turns.sample();
                samples++;
                now += LOOK.toNanos();
            } else {
                now += turns.untilSweep(gap, Duration.ofMillis(200)).toNanos();
            }
        }
    }
}
