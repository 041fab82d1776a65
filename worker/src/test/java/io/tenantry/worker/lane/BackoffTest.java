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
        Backoff.Attempts attempts = backoff(3).newAttempts(0);

        assertThat(attempts.failed()).isZero();
        assertThat(attempts.afterFailure(new Exception("first"))).isPresent();
        assertThat(attempts.afterFailure(new Exception("second"))).isPresent();
        assertThat(attempts.afterFailure(new Exception("third"))).isEmpty();
        assertThat(attempts.failed()).isEqualTo(3);
    }

    @Test
    void allowsASingleAttempt() {
        assertThat(backoff(1).newAttempts(0).afterFailure(new Exception("first")))
                .isEmpty();
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
        Backoff.Attempts attempts = backoff.newAttempts(0);
        List<Duration> delays = new ArrayList<>();
        Optional<Duration> delay = attempts.afterFailure(new Exception("failure"));
        while (delay.isPresent()) {
            delays.add(delay.get());
            delay = attempts.afterFailure(new Exception("failure"));
        }
        return delays;
    }

    @Test
    void countsWhatFailedBefore() {
        Backoff.Attempts attempts = backoff(3).newAttempts(1);
        assertThat(attempts.afterFailure(new Exception("second"))).isPresent();
        assertThat(attempts.afterFailure(new Exception("third"))).isEmpty();
        assertThat(attempts.failed()).isEqualTo(3);
        assertThat(backoff(3).newAttempts(3).afterFailure(new Exception("fourth")))
                .isEmpty();
    }
}
