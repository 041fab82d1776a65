package io.tenantry.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.stack.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Order, and who runs at the same time. */
class LanesTest {
    @Test
    void runsTheTasksOfALaneInTheirOrder() {
        try (LanesFixture fixture = new LanesFixture(4)) {
            List<String> names =
                    IntStream.range(0, 50).mapToObj(i -> "task " + i).toList();
            names.forEach(name -> fixture.submit(fixture.bulk(name, "acme")));
            fixture.awaitIdle();

            assertThat(fixture.journal).containsExactlyElementsOf(names);
        }
    }

    @Test
    void neverRunsTwoTasksOfALaneAtOnceAndKeepsTheirOrderWhoeverSubmitsThem() throws InterruptedException {
        long seed = System.nanoTime();
        int lanes = 5;
        int perSubmitter = 200;
        AtomicInteger[] inside =
                IntStream.range(0, lanes).mapToObj(i -> new AtomicInteger()).toArray(AtomicInteger[]::new);
        Queue<String> meetings = new ConcurrentLinkedQueue<>();
        try (LanesFixture fixture = new LanesFixture(4)) {
            List<Thread> submitters = new ArrayList<>();
            for (int s = 0; s < 3; s++) {
                int submitter = s;
                Random random = new Random(seed + s);
                submitters.add(new Thread(() -> {
                    for (int i = 0; i < perSubmitter; i++) {
                        int lane = random.nextInt(lanes);
                        Supplier<NextAction> turn = () -> {
                            if (inside[lane].incrementAndGet() != 1) {
                                meetings.add("lane " + lane);
                            }
                            Thread.onSpinWait();
                            inside[lane].decrementAndGet();
                            return new NextAction.Finished();
                        };
                        FakeTask task = fixture.bulk(lane + "/" + submitter + "/" + i, "lane " + lane);
                        fixture.submit(
                                random.nextBoolean()
                                        ? task.then(turn)
                                        : task.then(() -> new NextAction.Snooze(Duration.ZERO, LanesFixture.WAIT))
                                                .then(turn));
                    }
                }));
            }
            submitters.forEach(Thread::start);
            for (Thread submitter : submitters) {
                submitter.join(LanesFixture.DEADLINE.toMillis());
            }
            fixture.awaitIdle();

            assertThat(meetings).as("seed %d", seed).isEmpty();
            assertThat(new ArrayList<>(fixture.journal).stream().distinct()).hasSize(3 * perSubmitter);
            for (int lane = 0; lane < lanes; lane++) {
                for (int submitter = 0; submitter < 3; submitter++) {
                    String prefix = lane + "/" + submitter + "/";
                    assertThat(fixture.journal.stream()
                                    .filter(name -> name.startsWith(prefix))
                                    .map(name -> Integer.parseInt(name.substring(prefix.length()))))
                            .as("lane %d, submitter %d, seed %d", lane, submitter, seed)
                            .isSorted();
                }
            }
        }
    }

    @Test
    void runsDifferentLanesAtOnce() {
        CountDownLatch all = new CountDownLatch(3);
        try (LanesFixture fixture = new LanesFixture(3)) {
            for (int i = 0; i < 3; i++) {
                fixture.submit(fixture.bulk("task", "lane " + i).then(() -> {
                    all.countDown();
                    LanesFixture.await(all);
                    return new NextAction.Finished();
                }));
            }
            fixture.awaitIdle();

            assertThat(all.getCount()).isZero();
        }
    }

    @Test
    void runsNoMoreLanesAtOnceThanItHasThreads() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (LanesFixture fixture = new LanesFixture(2)) {
            for (int i = 0; i < 200; i++) {
                fixture.submit(fixture.bulk("task", "lane " + i).then(() -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    Thread.onSpinWait();
                    inside.decrementAndGet();
                    return new NextAction.Finished();
                }));
            }
            fixture.awaitIdle();

            assertThat(most).hasValueLessThanOrEqualTo(2);
            assertThat(fixture.journal).hasSize(200);
        }
    }

    /** A thread at a gate waits too, but not for work. */
    private static boolean waitsForWork(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING
                && Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(SynchronousQueue.class.getName()));
    }

    /** Then a worker with little to do uses few of its sessions. */
    @Test
    void theThreadThatWorkedLastWorksNext() {
        Set<Thread> workers = ConcurrentHashMap.newKeySet();
        AtomicReference<Thread> last = new AtomicReference<>(Thread.currentThread());
        try (LanesFixture fixture = new LanesFixture(4)) {
            Set<Thread> four = ConcurrentHashMap.newKeySet();
            List<LanesFixture.Gate> gates = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                LanesFixture.Gate gate = new LanesFixture.Gate();
                Supplier<NextAction> pass = gate.passThen(new NextAction.Finished());
                fixture.submit(fixture.bulk("gate", "gate " + i).then(() -> {
                    four.add(Thread.currentThread());
                    return pass.get();
                }));
                gate.awaitArrival();
                gates.add(gate);
            }
            gates.forEach(LanesFixture.Gate::open);
            Await.until(
                    LanesFixture.DEADLINE,
                    "four threads are idle",
                    () -> four.size() == 4 && four.stream().allMatch(LanesTest::waitsForWork));

            for (int i = 0; i < 20; i++) {
                CountDownLatch ran = new CountDownLatch(1);
                fixture.submit(fixture.bulk("task", "lane " + i).then(() -> {
                    last.set(Thread.currentThread());
                    ran.countDown();
                    return new NextAction.Finished();
                }));
                LanesFixture.await(ran);
                Thread worked = Objects.requireNonNull(last.get());
                workers.add(worked);
                Await.until(LanesFixture.DEADLINE, "the thread is idle", () -> waitsForWork(worked));
            }

            assertThat(workers).hasSize(1);
        }
    }

    @Test
    void servesInteractiveLanesFirstWhenThreadsAreShort() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            LanesFixture.Gate gate = fixture.occupyThread("running");
            fixture.submit(
                    fixture.bulk("upgrade 1", "a"),
                    fixture.bulk("upgrade 2", "b"),
                    fixture.interactive("signup 1", "c"),
                    fixture.interactive("signup 2", "d"));
            gate.open();
            fixture.awaitIdle();

            assertThat(fixture.journal).containsExactly("running", "signup 1", "signup 2", "upgrade 1", "upgrade 2");
        }
    }

    @Test
    void isSaturatedWhileThereAreMoreTasksThanThreads() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            LanesFixture.Gate gate = fixture.occupyThread("running");
            assertThat(fixture.lanes.isSaturated()).isFalse();

            fixture.submit(fixture.bulk("other", "a"));

            assertThat(fixture.lanes.isSaturated()).isTrue();
            gate.open();
            fixture.awaitIdle();
            assertThat(fixture.lanes.isSaturated()).isFalse();
        }
    }

    @Test
    void isSaturatedWhileTheTasksOfOneLaneQueue() {
        try (LanesFixture fixture = new LanesFixture(2)) {
            fixture.occupyThread("running");

            fixture.submit(fixture.bulk("first", "lane of running"), fixture.bulk("second", "lane of running"));

            assertThat(fixture.lanes.isSaturated()).isTrue();
            fixture.lanes.drain();
            assertThat(fixture.lanes.isSaturated()).isFalse();
        }
    }

    @Test
    void aTaskThatWaitsForSomethingElseIsNoWork() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            for (String lane : List.of("a", "b", "c")) {
                fixture.submit(fixture.bulk("waits " + lane, lane)
                        .then(() -> new NextAction.Snooze(LanesFixture.LONG, LanesFixture.WAIT)));
                fixture.submit(fixture.bulk("behind " + lane, lane));
            }
            Await.until(
                    LanesFixture.DEADLINE,
                    "all wait",
                    () -> fixture.journal.size() == 3 && fixture.lanes.running() == 0);

            assertThat(fixture.lanes.isSaturated()).isFalse();
        }
    }

    @Test
    void isSaturatedWhileMoreOutcomesThanThreadsAreUnpublished() {
        try (LanesFixture fixture = new LanesFixture(2)) {
            fixture.submit(
                    fixture.bulk("waits", "a").then(() -> new NextAction.Snooze(LanesFixture.LONG, LanesFixture.WAIT)));
            Await.until(
                    LanesFixture.DEADLINE,
                    "it waits",
                    () -> fixture.journal.size() == 1 && fixture.lanes.running() == 0);

            fixture.lanes.inFlight(3, 0);
            assertThat(fixture.lanes.isSaturated()).isFalse();
            fixture.lanes.inFlight(4, 0);
            assertThat(fixture.lanes.isSaturated()).isTrue();
            assertThat(fixture.lanes.hasWork()).isFalse();
        }
    }

    @Test
    void isSaturatedWhileATaskWaitsForAConnection() {
        try (LanesFixture fixture = new LanesFixture(4)) {
            Wait wait = new Wait(WaitReason.NO_CONNECTION, "a test");
            fixture.submit(fixture.bulk("waits", "a").then(() -> new NextAction.Snooze(LanesFixture.LONG, wait)));

            Await.until(LanesFixture.DEADLINE, "it waits", fixture.lanes::isSaturated);
        }
    }

    @Test
    void isSaturatedByWhatPersonsWaitForWhateverElseWaits() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            LanesFixture.Gate gate = fixture.occupyThread("running");
            fixture.submit(fixture.bulk("first", "a"), fixture.bulk("second", "b"), fixture.interactive("signup", "c"));
            assertThat(fixture.lanes.isSaturated()).isTrue();
            assertThat(fixture.lanes.isSaturatedByInteractive()).isFalse();

            fixture.submit(fixture.interactive("another", "d"));
            assertThat(fixture.lanes.isSaturatedByInteractive()).isTrue();

            gate.open();
            fixture.awaitIdle();
            assertThat(fixture.lanes.isSaturatedByInteractive()).isFalse();
        }
    }

    /** Otherwise each of many signups gets a transaction of its own, although they are what the worker cannot keep up with. */
    @Test
    void isSaturatedByMoreSignupsInProgressThanThreads() {
        try (LanesFixture fixture = new LanesFixture(2)) {
            fixture.lanes.inFlight(9, 2);
            assertThat(fixture.lanes.isSaturatedByInteractive()).isFalse();
            fixture.lanes.inFlight(9, 3);
            assertThat(fixture.lanes.isSaturatedByInteractive()).isTrue();
            assertThat(fixture.lanes.hasInteractiveWork()).isFalse();
        }
    }

    @Test
    void isNotSaturatedBySignupsThatWaitForSomethingElseNorByOneWithoutAConnection() {
        Wait noConnection = new Wait(WaitReason.NO_CONNECTION, "a test");
        try (LanesFixture fixture = new LanesFixture(2)) {
            fixture.submit(
                    fixture.interactive("locked", "a")
                            .then(() -> new NextAction.Snooze(LanesFixture.LONG, LanesFixture.WAIT)),
                    fixture.interactive("behind it", "a"),
                    fixture.interactive("lacks a connection", "b")
                            .then(() -> new NextAction.Snooze(LanesFixture.LONG, noConnection)));
            Await.until(
                    LanesFixture.DEADLINE,
                    "both wait",
                    () -> fixture.journal.size() == 2 && fixture.lanes.running() == 0);

            assertThat(fixture.lanes.isSaturated()).isTrue();
            fixture.lanes.inFlight(4, 4);
            assertThat(fixture.lanes.isSaturatedByInteractive()).isFalse();
            fixture.lanes.inFlight(5, 5);
            assertThat(fixture.lanes.isSaturatedByInteractive()).isTrue();
        }
    }

    @Test
    void aTurnThatThrowsTakesNoThreadAway() {
        CountDownLatch ran = new CountDownLatch(1);
        try (LanePool pool = new LanePool(1)) {
            pool.execute(Task.Priority.BULK, () -> {
                throw new IllegalStateException("a bug");
            });
            pool.execute(Task.Priority.BULK, ran::countDown);
            LanesFixture.await(ran);
        }
    }

    @Test
    void saysHowManyLanesThereAreAndHowManyRun() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            LanesFixture.Gate gate = fixture.occupyThread("running");
            fixture.submit(fixture.bulk("first", "a"), fixture.bulk("second", "a"), fixture.bulk("third", "b"));

            assertThat(fixture.lanes.active()).isEqualTo(3);
            assertThat(fixture.lanes.running()).isEqualTo(1);

            gate.open();
            fixture.awaitIdle();
        }
    }

    @Test
    void abandonsATaskThatIsNotWantedAndGoesOnWithTheNext() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            FakeTask unwanted = fixture.bulk("unwanted", "a");
            unwanted.unwanted();
            fixture.submit(unwanted, fixture.bulk("next", "a"));
            fixture.awaitIdle();

            assertThat(unwanted.abandonments()).isEqualTo(1);
            assertThat(fixture.journal).containsExactly("next");
        }
    }

    @Test
    void abandonsATaskThatIsNoLongerWantedWhenItsWaitIsOver() {
        try (LanesFixture fixture = new LanesFixture(1)) {
            List<Runnable> callbacks = new CopyOnWriteArrayList<>();
            FakeTask task = fixture.bulk("task", "a").then(new NextAction.Await(callbacks::add, LanesFixture.WAIT));
            fixture.submit(task);
            fixture.awaitWaiting(task, 1);
            task.unwanted();
            LanesFixture.callBack(callbacks, 0);
            fixture.awaitIdle();

            assertThat(task.abandonments()).isEqualTo(1);
            assertThat(task.runs()).isEqualTo(1);
        }
    }
}
