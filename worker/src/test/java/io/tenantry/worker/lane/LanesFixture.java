package io.tenantry.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.RetrySettings;
import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Lanes under test, with a journal of the turns that their tasks took. */
final class LanesFixture implements AutoCloseable {
    static final Duration DEADLINE = Duration.ofSeconds(10);
    /** A wait that does not end by itself while a test runs. */
    static final Duration LONG = Duration.ofHours(1);

    static final Wait WAIT = new Wait(WaitReason.HOME_LOCKED, "a test");

    final Lanes lanes;
    final List<String> journal = new CopyOnWriteArrayList<>();
    final List<Error> fatal = new CopyOnWriteArrayList<>();

    /** Three attempts, a few milliseconds apart. */
    LanesFixture(int concurrency) {
        this(concurrency, 3, Duration.ofMillis(2));
    }

    LanesFixture(int concurrency, int maxAttempts, Duration delay) {
        this.lanes = new Lanes(
                concurrency,
                new Backoff(new RetrySettings(maxAttempts, delay, delay.multipliedBy(4), null)),
                new Waits(reason -> {}),
                fatal::add);
    }

    FakeTask bulk(String name, String lane) {
        return new FakeTask(name, lane, Task.Priority.BULK, journal);
    }

    FakeTask interactive(String name, String lane) {
        return new FakeTask(name, lane, Task.Priority.INTERACTIVE, journal);
    }

    void submit(Task... tasks) {
        for (Task task : tasks) {
            lanes.submit(task);
        }
    }

    /** A task in a lane of its own, which holds its thread until {@link Gate#open}; it runs when this returns. */
    Gate occupyThread(String name) {
        Gate gate = new Gate();
        submit(bulk(name, "lane of " + name).then(gate.passThen(new NextAction.Finished())));
        gate.awaitArrival();
        return gate;
    }

    /** Waits until no lane has a task. */
    void awaitIdle() {
        Await.until(DEADLINE, "every lane is empty", () -> lanes.active() == 0);
        assertThat(lanes.running()).isZero();
    }

    /** Waits until a task has had so many turns, and no thread is busy any more. */
    void awaitWaiting(FakeTask task, int runs) {
        Await.until(DEADLINE, task + " waits after turn " + runs, () -> task.runs() == runs && lanes.running() == 0);
    }

    /** Waits until everything that can run now has run; for a concurrency of 1, where turns are served in order. */
    void awaitWhatIsReady() {
        CountDownLatch served = new CountDownLatch(1);
        submit(bulk("marker", "lane of the marker").then(() -> {
            served.countDown();
            return new NextAction.Finished();
        }));
        await(served);
        journal.remove("marker");
    }

    /** Calls back what a task has registered; a task registers it a moment after it has let go of its thread. */
    static void callBack(List<Runnable> registered, int index) {
        Await.until(DEADLINE, "callback " + index + " is registered", () -> registered.size() > index);
        registered.get(index).run();
    }

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS))
                    .as("nobody came in time")
                    .isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }

    @Override
    public void close() {
        lanes.drain();
        lanes.close();
    }

    /** Holds a task in the middle of its turn. */
    static final class Gate {
        private final CountDownLatch arrived = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        Supplier<NextAction> passThen(NextAction action) {
            return () -> {
                arrived.countDown();
                await(opened);
                return action;
            };
        }

        void awaitArrival() {
            await(arrived);
        }

        void open() {
            opened.countDown();
        }
    }
}
