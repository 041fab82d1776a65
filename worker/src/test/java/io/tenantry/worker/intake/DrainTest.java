package io.tenantry.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.RetrySettings;
import io.tenantry.worker.lane.Backoff;
import io.tenantry.worker.lane.Lanes;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.lane.Waits;
import io.tenantry.worker.stack.Await;
import io.tenantry.worker.stack.ManualClock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrainTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ManualClock clock = new ManualClock();
    private final Lanes lanes = new Lanes(
            1,
            new Backoff(new RetrySettings(1, Duration.ofMillis(1), Duration.ofMillis(1), null)),
            new Waits(reason -> {}),
            error -> {});
    private final Drain drain = new Drain(lanes, clock::nanoTime);

    @AfterEach
    void close() {
        lanes.close();
    }

    @Test
    void isNotOverBeforeItIsOn() {
        assertThat(drain.isOn()).isFalse();
        assertThat(drain.isOver(() -> true)).isFalse();
    }

    @Test
    void isOverWhenAllIsSettled() {
        drain.start(PATIENCE);

        assertThat(drain.isOn()).isTrue();
        assertThat(drain.isOver(() -> false)).isFalse();
        assertThat(drain.isOver(() -> true)).isTrue();
    }

    @Test
    void isOverWhenTheTimeIsOver() {
        drain.start(PATIENCE);
        clock.advance(PATIENCE);
        assertThat(drain.isOver(() -> false)).isFalse();

        clock.advance(Duration.ofMillis(1));
        assertThat(drain.isOver(() -> false)).isTrue();
    }

    @Test
    void aSecondSignalGivesNoMoreTime() {
        drain.start(PATIENCE);
        clock.advance(Duration.ofSeconds(29));
        drain.start(PATIENCE);
        clock.advance(Duration.ofSeconds(2));

        assertThat(drain.isOver(() -> false)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-PT1H", "PT1H"})
    void aStepOfTheTimeOfDayChangesNothing(Duration step) {
        drain.start(PATIENCE);
        clock.step(step);
        assertThat(drain.isOver(() -> false)).isFalse();

        clock.advance(PATIENCE.plusMillis(1));
        assertThat(drain.isOver(() -> false)).isTrue();
    }

    /** What is settled is asked last: a task that ends meanwhile has handed over its outcome by then. */
    @Test
    void asksWhatIsSettledWhenNothingRuns() {
        HeldTask running = new HeldTask("acme");
        lanes.submit(running);
        Await.until(DEADLINE, "the task runs", () -> lanes.running() == 1);
        drain.start(PATIENCE);

        assertThat(drain.isOver(() -> {
                    throw new AssertionError("asked too early");
                }))
                .isFalse();

        running.held.countDown();
        Await.until(DEADLINE, "nothing runs", () -> lanes.running() == 0);
        assertThat(drain.isOver(() -> false)).isFalse();
        assertThat(drain.isOver(() -> true)).isTrue();
    }

    @Test
    void waitsForWhatRunsAndAbandonsWhatDoesNot() {
        HeldTask running = new HeldTask("acme");
        HeldTask queued = new HeldTask("globex");
        lanes.submit(running);
        lanes.submit(queued);
        Await.until(DEADLINE, "the task runs", () -> lanes.running() == 1);

        drain.start(PATIENCE);
        assertThat(drain.isOver(() -> true)).isFalse();
        assertThat(queued.abandoned.getCount()).isZero();

        running.held.countDown();
        Await.until(DEADLINE, "the drain is over", () -> drain.isOver(() -> true));
        assertThat(running.abandoned.getCount()).isEqualTo(1);
    }

    private static final class HeldTask implements Task {
        private final String lane;
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch abandoned = new CountDownLatch(1);

        HeldTask(String lane) {
            this.lane = lane;
        }

        @Override
        public String lane() {
            return lane;
        }

        @Override
        public Priority priority() {
            return Priority.BULK;
        }

        @Override
        public String kind() {
            return "held";
        }

        @Override
        public Set<String> overtakes() {
            return Set.of();
        }

        @Override
        public NextAction run() {
            try {
                assertThat(held.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS))
                        .isTrue();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            return new NextAction.Finished();
        }

        @Override
        public void exhausted(Exception cause, int attempts) {}

        @Override
        public void abandoned() {
            abandoned.countDown();
        }

        @Override
        public boolean wanted() {
            return true;
        }
    }
}
