package io.tenantry.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.RetrySettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration INITIAL = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final int SAMPLES = 200;

    @Test
    void doublesWithEachAttemptGiveOrTakeAHalf() {
        for (int sample = 0; sample < SAMPLES; sample++) {
            List<Duration> delays = delays(backoff(7));

            for (int i = 0; i < delays.size(); i++) {
                Duration middle = INITIAL.multipliedBy(1L << i);
                assertThat(delays.get(i))
                        .as("delay %d of %s", i, delays)
                        .isBetween(
                                middle.dividedBy(2).minusMillis(1),
                                middle.multipliedBy(3).dividedBy(2));
            }
        }
    }

    @Test
    void differsFromTaskToTaskSoThatTheyDoNotComeBackTogether() {
        Backoff backoff = backoff(2);
        Set<Duration> first = new HashSet<>();
        for (int sample = 0; sample < SAMPLES; sample++) {
            first.addAll(delays(backoff));
        }

        assertThat(first).hasSizeGreaterThan(SAMPLES / 10);
    }

    @Test
    void differsFromTaskToTaskAlsoWhenItIsAsLongAsItGets() {
        Backoff backoff = backoff(100);
        Set<Duration> last = new HashSet<>();
        for (int sample = 0; sample < SAMPLES; sample++) {
            last.add(delays(backoff).get(98));
        }

        assertThat(last).hasSizeGreaterThan(SAMPLES / 10);
    }

    @Test
    void neverExceedsTheLongestDelay() {
        List<Duration> delays = delays(backoff(100));

        assertThat(delays).hasSize(99).allSatisfy(delay -> assertThat(delay).isLessThanOrEqualTo(LONGEST));
        assertThat(delays.get(98)).isGreaterThanOrEqualTo(LONGEST.dividedBy(2));
    }

    @Test
    void endsAfterTheLastAttempt() {
        Backoff backoff = backoff(3);

        assertThat(backoff.delayAfter(1)).isPresent();
        assertThat(backoff.delayAfter(2)).isPresent();
        assertThat(backoff.delayAfter(3)).isEmpty();
        assertThat(backoff.delayAfter(4)).as("more than are left").isEmpty();
    }

    @Test
    void allowsASingleAttempt() {
        assertThat(backoff(1).delayAfter(1)).isEmpty();
    }

    @Test
    void takesTheShortestSettings() {
        Backoff backoff = new Backoff(new RetrySettings(2, Duration.ofMillis(1), Duration.ofMillis(1), null));

        assertThat(delays(backoff)).hasSize(1);
    }

    private static Backoff backoff(int maxAttempts) {
        return new Backoff(new RetrySettings(maxAttempts, INITIAL, LONGEST, null));
    }

    private static List<Duration> delays(Backoff backoff) {
        List<Duration> delays = new ArrayList<>();
        Optional<Duration> delay = backoff.delayAfter(1);
        while (delay.isPresent()) {
            delays.add(delay.get());
            delay = backoff.delayAfter(delays.size() + 1);
        }
        return delays;
    }
}
