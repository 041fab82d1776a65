package io.tenantry.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Snoozing, and waiting for a callback. */
class LanesWaitingTest {
    private static final NextAction AWAIT_CALLED_BACK_AT_ONCE = new NextAction.Await(Runnable::run, LanesFixture.WAIT);

    @Test
    void runsASnoozingTaskAgainAndOnlyThenTheNextOfItsLane() {
        try (LanesFixture fixture = new LanesFixture(2)) {
            fixture.submit(
                    fixture.bulk("first", "a").then(new NextAction.Snooze(Duration.ofMillis(20), LanesFixture.WAIT)),
                    fixture.bulk("second", "a"));
            fixture.awaitIdle();

            assertThat(fixture.journal).containsExactly("first", "first", "second");
        }
    }

    @Test
    void letsNoTaskPassASnoozingOneHoweverUrgent() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            FakeTask snoozing =
                    fixture.bulk("snoozing", "a").then(new NextAction.Snooze(LanesFixture.LONG, LanesFixture.WAIT));
            fixture.submit(snoozing);
            fixture.awaitWaiting(snoozing, 1);
            fixture.submit(fixture.interactive("urgent", "a"));
            fixture.awaitWhatIsReady();

            assertThat(fixture.journal).containsExactly("snoozing");
        }
    }

    @Test
    void waitsWithoutAThread() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            fixture.submit(
                    fixture.bulk("snoozing", "a").then(new NextAction.Snooze(LanesFixture.LONG, LanesFixture.WAIT)),
                    fixture.bulk("awaiting", "b").then(new NextAction.Await(callback -> {}, LanesFixture.WAIT)),
                    fixture.bulk("stepping aside", "c")
                            .then(new NextAction.StepAside(LanesFixture.LONG, LanesFixture.WAIT)),
                    fixture.bulk("other", "d"));
            Await.until(LanesFixture.DEADLINE, "the other lane ran", () -> fixture.journal.contains("other"));

            assertThat(fixture.lanes.active()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void runsAnAwaitingTaskAgainWhenItIsCalledBack() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            List<Runnable> callbacks = new CopyOnWriteArrayList<>();
            FakeTask awaiting =
                    fixture.bulk("awaiting", "a").then(new NextAction.Await(callbacks::add, LanesFixture.WAIT));
            fixture.submit(awaiting, fixture.bulk("next", "a"));
            fixture.awaitWaiting(awaiting, 1);
            fixture.awaitWhatIsReady();
            assertThat(fixture.journal).containsExactly("awaiting");

            LanesFixture.callBack(callbacks, 0);
            fixture.awaitIdle();

            assertThat(callbacks).hasSize(1);
            assertThat(fixture.journal).containsExactly("awaiting", "awaiting", "next");
        }
    }

    @Test
    void takesACallbackThatComesAtOnceAndTwice() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            FakeTask task = fixture.bulk("task", "a")
                    .then(new NextAction.Await(
                            callback -> {
                                callback.run();
                                callback.run();
                            },
                            LanesFixture.WAIT));
            fixture.submit(task);
            fixture.awaitIdle();

            assertThat(task.runs()).isEqualTo(2);
        }
    }

    @Test
    void aLateCallbackDoesNotEndTheNextWait() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            List<Runnable> callbacks = new CopyOnWriteArrayList<>();
            FakeTask task = fixture.bulk("task", "a")
                    .then(new NextAction.Await(callbacks::add, LanesFixture.WAIT))
                    .then(new NextAction.Await(callbacks::add, LanesFixture.WAIT));
            fixture.submit(task);
            fixture.awaitWaiting(task, 1);
            LanesFixture.callBack(callbacks, 0);
            fixture.awaitWaiting(task, 2);

            LanesFixture.callBack(callbacks, 0);
            fixture.awaitWhatIsReady();
            assertThat(task.runs()).isEqualTo(2);

            LanesFixture.callBack(callbacks, 1);
            fixture.awaitIdle();
            assertThat(task.runs()).isEqualTo(3);
        }
    }

    @Test
    void aCallbackAfterTheEndOfTheLaneDoesNothing() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            List<Runnable> callbacks = new CopyOnWriteArrayList<>();
            FakeTask task = fixture.bulk("task", "a").then(new NextAction.Await(callbacks::add, LanesFixture.WAIT));
            fixture.submit(task);
            fixture.awaitWaiting(task, 1);
            LanesFixture.callBack(callbacks, 0);
            fixture.awaitIdle();

            FakeTask later = fixture.bulk("later", "a").then(new NextAction.Await(callback -> {}, LanesFixture.WAIT));
            fixture.submit(later);
            fixture.awaitWaiting(later, 1);
            LanesFixture.callBack(callbacks, 0);
            fixture.awaitWhatIsReady();

            assertThat(later.runs()).isEqualTo(1);
        }
    }

    @Test
    void waitingSpendsNoAttempt() {
        Exception last = new Exception("second failure");
        try (LanesFixture fixture = new LanesFixture(1, 2, Duration.ofMillis(1))) {
            FakeTask task = fixture.bulk("task", "a")
                    .then(new NextAction.Snooze(Duration.ZERO, LanesFixture.WAIT))
                    .then(AWAIT_CALLED_BACK_AT_ONCE)
                    .then(new NextAction.StepAside(Duration.ZERO, LanesFixture.WAIT))
                    .then(new NextAction.Retry(new Exception("first failure")))
                    .then(new NextAction.Snooze(Duration.ZERO, LanesFixture.WAIT))
                    .then(AWAIT_CALLED_BACK_AT_ONCE)
                    .then(new NextAction.StepAside(Duration.ZERO, LanesFixture.WAIT))
                    .then(new NextAction.Retry(last));
            fixture.submit(task);
            fixture.awaitIdle();

            assertThat(task.runs()).isEqualTo(8);
            assertThat(task.exhaustions()).containsExactly(new FakeTask.Exhaustion(last, 2));
        }
    }

    @Test
    void doesNotWaitForAHeadThatIsNotWantedAnyMore() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            FakeTask old = fixture.bulk("old", "a").then(new NextAction.Snooze(LanesFixture.LONG, LanesFixture.WAIT));
            fixture.submit(old);
            fixture.awaitWaiting(old, 1);
            old.unwanted();

            fixture.submit(fixture.bulk("new", "a"), fixture.bulk("newer", "a"));

            fixture.awaitIdle();
            assertThat(old.abandonments()).isEqualTo(1);
            assertThat(fixture.journal).containsExactly("old", "new", "newer");
        }
    }
}
