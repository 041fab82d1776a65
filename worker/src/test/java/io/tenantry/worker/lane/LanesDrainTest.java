package io.tenantry.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The end: what runs is finished, everything else is abandoned. */
class LanesDrainTest {
    @Test
    void abandonsWhatWaitsAndFinishesWhatRuns() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            FakeTask waiting =
                    fixture.bulk("waiting", "p").then(new NextAction.Snooze(LanesFixture.LONG, LanesFixture.WAIT));
            FakeTask behindWaiting = fixture.bulk("behind waiting", "p");
            fixture.submit(waiting, behindWaiting);
            fixture.awaitWaiting(waiting, 1);
            LanesFixture.Gate gate = new LanesFixture.Gate();
            FakeTask running = fixture.bulk("running", "r").then(gate.passThen(new NextAction.Finished()));
            FakeTask behindRunning = fixture.bulk("behind running", "r");
            FakeTask ready = fixture.bulk("ready", "q");
            fixture.submit(running, behindRunning, ready);
            gate.awaitArrival();

            fixture.lanes.drain();

            assertThat(List.of(waiting, behindWaiting, behindRunning, ready))
                    .allSatisfy(task -> assertThat(task.abandonments()).isEqualTo(1));
            assertThat(fixture.lanes.active()).isEqualTo(1);
            gate.open();
            fixture.awaitIdle();
            assertThat(running.abandonments()).isZero();
            assertThat(fixture.journal).containsExactly("waiting", "running");
        }
    }

    @Test
    void abandonsARunningTaskThatWantsToWait() {
        for (NextAction wait : List.of(
                new NextAction.Snooze(Duration.ZERO, LanesFixture.WAIT),
                new NextAction.Await(Runnable::run, LanesFixture.WAIT),
                new NextAction.StepAside(Duration.ZERO, LanesFixture.WAIT),
                new NextAction.Retry(new Exception("first failure")))) {
            try (LanesFixture fixture = new LanesFixture(1)) {
                LanesFixture.Gate gate = new LanesFixture.Gate();
                FakeTask task = fixture.bulk("task", "a").then(gate.passThen(wait));
                fixture.submit(task);
                gate.awaitArrival();
                fixture.lanes.drain();
                gate.open();
                fixture.awaitIdle();
                Await.until(LanesFixture.DEADLINE, "it is abandoned", () -> task.abandonments() == 1);

                assertThat(task.runs()).as("turns with %s", wait).isEqualTo(1);
                assertThat(task.exhaustions()).isEmpty();
            }
        }
    }

    @Test
    void aLastAttemptThatFailsMeanwhileIsStillToldAsSuch() {
        try (LanesFixture fixture = new LanesFixture(1, 1, Duration.ofMillis(1))) {
            LanesFixture.Gate gate = new LanesFixture.Gate();
            FakeTask task =
                    fixture.bulk("task", "a").then(gate.passThen(new NextAction.Retry(new Exception("failure"))));
            fixture.submit(task);
            gate.awaitArrival();
            fixture.lanes.drain();
            gate.open();
            fixture.awaitIdle();

            assertThat(task.exhaustions()).hasSize(1);
            assertThat(task.abandonments()).isZero();
        }
    }

    @Test
    void abandonsWhatIsSubmittedAfterwards() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            fixture.lanes.drain();
            FakeTask late = fixture.bulk("late", "a");
            fixture.submit(late);

            assertThat(late.abandonments()).isEqualTo(1);
            assertThat(fixture.lanes.active()).isZero();
        }
    }

    @Test
    void ignoresTheCallbacksOfWhatItAbandoned() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            List<Runnable> callbacks = new CopyOnWriteArrayList<>();
            FakeTask task = fixture.bulk("task", "a").then(new NextAction.Await(callbacks::add, LanesFixture.WAIT));
            fixture.submit(task);
            fixture.awaitWaiting(task, 1);
            fixture.lanes.drain();
            fixture.lanes.drain();
            LanesFixture.callBack(callbacks, 0);

            assertThat(task.abandonments()).isEqualTo(1);
            assertThat(fixture.lanes.active()).isZero();
        }
    }

    @Test
    void everyTaskIsFinishedOrAbandonedOnceWhereverTheDrainMeetsIt() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 30; round++) {
            try (LanesFixture fixture = new LanesFixture(3)) {
                List<FakeTask> tasks = new ArrayList<>();
                List<String> finished = new CopyOnWriteArrayList<>();
                int drainAt = random.nextInt(100);
                for (int i = 0; i < 100; i++) {
                    String name = "task " + i;
                    FakeTask task = fixture.bulk(name, "lane " + random.nextInt(20));
                    if (random.nextBoolean()) {
                        task.then(new NextAction.Snooze(Duration.ZERO, LanesFixture.WAIT));
                    }
                    if (random.nextBoolean()) {
                        task.then(new NextAction.Await(Runnable::run, LanesFixture.WAIT));
                    }
                    task.then(() -> {
                        finished.add(name);
                        return new NextAction.Finished();
                    });
                    tasks.add(task);
                    fixture.submit(task);
                    if (i == drainAt) {
                        fixture.lanes.drain();
                    }
                }
                Await.until(
                        LanesFixture.DEADLINE,
                        "each of 100 tasks has ended; seed " + seed,
                        () -> finished.size()
                                        + tasks.stream()
                                                .mapToInt(FakeTask::abandonments)
                                                .sum()
                                == 100);
                fixture.awaitIdle();
                assertThat(tasks)
                        .as("seed %d, round %d", seed, round)
                        .allSatisfy(
                                task -> assertThat(task.abandonments() + (finished.contains(task.toString()) ? 1 : 0))
                                        .isEqualTo(1));
            }
        }
    }
}
