package io.tenantry.worker.intake.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.RetrySettings;
import io.tenantry.worker.lane.Backoff;
import io.tenantry.worker.lane.Lanes;
import io.tenantry.worker.lane.NextAction;
import io.tenantry.worker.lane.Task;
import io.tenantry.worker.lane.Wait;
import io.tenantry.worker.lane.WaitReason;
import io.tenantry.worker.lane.Waits;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What counts as at work while it is in a lane. */
class CountedTaskTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Set<String> MAIN = Set.of("main");
    private static final int AT_WORK = 20;

    private final ServerLoad load = new ServerLoad(new ServerLoad.Limits(AT_WORK, 10_000, 1_000_000));
    private final Waits waits = new Waits(reason -> {});
    private final Lanes lanes = new Lanes(
            1, new Backoff(new RetrySettings(3, Duration.ofMillis(1), Duration.ofMillis(1), null)), waits, error -> {});

    @AfterEach
    void close() {
        lanes.drain();
        lanes.close();
    }

    @Test
    void manyBehindTheLockedOnesOfTheirTenantsDoNot() {
        for (int tenant = 0; tenant < AT_WORK; tenant++) {
            for (int i = 0; i < 8; i++) {
                submit(new LockedTask("locked" + tenant));
            }
        }

        Await.until(DEADLINE, "all wait", () -> waits.count(WaitReason.HOME_LOCKED) == AT_WORK);

        assertThat(load.hasMuchRoom(MAIN)).isTrue();
    }

    @Test
    void manyThatAreTheFirstOfTheirTenantsDoThoughNoThreadHasThem() {
        CountDownLatch end = new CountDownLatch(1);
        for (int tenant = 0; tenant < AT_WORK; tenant++) {
            assertThat(load.hasRoom(MAIN)).isTrue();
            submit(new HeldTask("tenant" + tenant, end));
        }

        assertThat(load.hasRoom(MAIN)).isFalse();
        end.countDown();
    }

    @Test
    void hasTheLogFieldsOfTheTask() {
        assertThat(new CountedTask(new LockedTask("acme"), load.take(MAIN, 1)).logFields())
                .isEqualTo(Map.of("tenant", "acme"));
    }

    private void submit(Task task) {
        lanes.submit(new CountedTask(task, load.take(MAIN, 1)));
    }

    private record HeldTask(String lane, CountDownLatch end) implements PlainTask {
        @Override
        public NextAction run() {
            try {
                end.await();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
            return new NextAction.Finished();
        }
    }

    private record LockedTask(String lane) implements PlainTask {
        @Override
        public NextAction run() {
            return new NextAction.Snooze(Duration.ofHours(1), new Wait(WaitReason.HOME_LOCKED, lane));
        }

        @Override
        public Map<String, String> logFields() {
            return Map.of("tenant", lane);
        }
    }

    private interface PlainTask extends Task {
        @Override
        default String kind() {
            return "test";
        }

        @Override
        default Set<String> overtakes() {
            return Set.of();
        }

        @Override
        default Priority priority() {
            return Priority.BULK;
        }

        @Override
        default void exhausted(Exception cause, int attempts) {}

        @Override
        default void abandoned() {}

        @Override
        default boolean wanted() {
            return true;
        }
    }
}
