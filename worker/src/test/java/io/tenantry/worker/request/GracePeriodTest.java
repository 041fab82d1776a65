package io.tenantry.worker.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.stack.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GracePeriodTest {
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final ManualClock clock = new ManualClock();
    private final GracePeriod grace = new GracePeriod(new Patience(), "tenant");

    @Test
    void looksSoonAtFirstThenLessAndLessOften() {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Duration wait = grace.nextWait(GRACE, clock.nanoTime()).orElseThrow();
            waits.add(wait.toMillis());
            clock.advance(wait);
        }

        assertThat(waits).containsExactly(50L, 50L, 100L, 200L, 400L, 800L, 1000L, 1000L);
    }

    @Test
    void endsExactlyWhenItIsOver() {
        Duration waited = Duration.ZERO;
        Optional<Duration> wait = grace.nextWait(GRACE, clock.nanoTime());
        for (int looks = 0; wait.isPresent() && looks < 1000; looks++) {
            waited = waited.plus(wait.get());
            clock.advance(wait.get());
            wait = grace.nextWait(GRACE, clock.nanoTime());
        }

        assertThat(waited).isEqualTo(GRACE);
    }

    @Test
    void noGraceIsNoWait() {
        assertThat(grace.nextWait(Duration.ZERO, clock.nanoTime())).isEmpty();
    }

    @Test
    void goesOnWhereTheSameRequestWaitedBeforeAndBeginsAnewForAnotherThing() {
        Patience patience = new Patience();
        assertThat(new GracePeriod(patience, "tenant").nextWait(GRACE, clock.nanoTime()))
                .isPresent();
        clock.advance(GRACE);

        assertThat(new GracePeriod(patience, "tenant").nextWait(GRACE, clock.nanoTime()))
                .isEmpty();
        assertThat(new GracePeriod(patience, "version").nextWait(GRACE, clock.nanoTime()))
                .contains(Duration.ofMillis(50));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-PT1H", "PT1H"})
    void aStepOfTheTimeOfDayChangesNothing(Duration step) {
        assertThat(grace.nextWait(GRACE, clock.nanoTime())).contains(Duration.ofMillis(50));
        clock.step(step);
        assertThat(grace.nextWait(GRACE, clock.nanoTime())).contains(Duration.ofMillis(50));

        clock.advance(GRACE);
        assertThat(grace.nextWait(GRACE, clock.nanoTime())).isEmpty();
    }
}
